# FLAME_EC2_STATIC: all libraries but glibc within the programs, which then run on every Linux of the
# same architecture with a glibc as new as theirs or newer (src/README.md says why not glibc too).
# Sets and makes the same names as the find_package calls of the usual build.
set(FLAME_STATIC_LIBRARIES "${PROJECT_SOURCE_DIR}/build/static-libraries/${CMAKE_SYSTEM_PROCESSOR}"
  CACHE PATH "Static libcurl and cpp-httplib; made by scripts/static-libraries when they are not there")
execute_process(COMMAND_ERROR_IS_FATAL ANY WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
  COMMAND ${PROJECT_SOURCE_DIR}/scripts/static-libraries ${FLAME_STATIC_LIBRARIES} ${CMAKE_TOOLCHAIN_FILE})

set(OPENSSL_USE_STATIC_LIBS ON)
set(ZLIB_USE_STATIC_LIBS ON)
find_package(OpenSSL 3 REQUIRED)
find_package(ZLIB REQUIRED)

# flame_static_library(TARGET FILE INCLUDES LINKED...)
function(flame_static_library target file includes)
  add_library(${target} STATIC IMPORTED)
  set_target_properties(${target} PROPERTIES IMPORTED_LOCATION "${file}"
    INTERFACE_INCLUDE_DIRECTORIES "${includes}" INTERFACE_LINK_LIBRARIES "${ARGN}")
endfunction()

flame_static_library(CURL::libcurl ${FLAME_STATIC_LIBRARIES}/lib/libcurl.a
  ${FLAME_STATIC_LIBRARIES}/include OpenSSL::SSL OpenSSL::Crypto)

# Of libarchive, only what reads and writes tar, gzip, zstd and xz is taken out of the archive.
find_library(FLAME_LIBLZMA liblzma.a REQUIRED)
find_library(FLAME_LIBZSTD libzstd.a REQUIRED)
find_library(FLAME_LIBARCHIVE libarchive.a REQUIRED)
find_path(FLAME_LIBARCHIVE_INCLUDE archive.h REQUIRED)
flame_static_library(flame_archive ${FLAME_LIBARCHIVE} ${FLAME_LIBARCHIVE_INCLUDE}
  ${FLAME_LIBLZMA} ${FLAME_LIBZSTD} ZLIB::ZLIB)
set_target_properties(flame_archive PROPERTIES
  INTERFACE_COMPILE_DEFINITIONS "FLAME_STATIC_ARCHIVE;LIBARCHIVE_STATIC")

# The header alone, instead of the distribution's shared library.
add_library(flame_httplib INTERFACE)
target_include_directories(flame_httplib SYSTEM INTERFACE ${FLAME_STATIC_LIBRARIES}/include)
target_compile_definitions(flame_httplib INTERFACE CPPHTTPLIB_OPENSSL_SUPPORT)
target_link_libraries(flame_httplib INTERFACE OpenSSL::SSL OpenSSL::Crypto Threads::Threads)
