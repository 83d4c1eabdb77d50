# Packages of the static build, by cpack: .deb, .rpm, and a tarball that runs where it is unpacked.
# scripts/package makes them.
if(CMAKE_SYSTEM_PROCESSOR STREQUAL "aarch64")
  set(debian_architecture arm64)
else()
  set(debian_architecture amd64)
endif()

# The date of the sources: the same packages of the same sources.
string(TIMESTAMP CHANGELOG_DATE "%a, %d %b %Y %H:%M:%S +0000" UTC) # SOURCE_DATE_EPOCH, when it is set
configure_file(packaging/changelog.Debian.in changelog.Debian @ONLY)

set(CPACK_GENERATOR "DEB;RPM;TGZ")
set(CPACK_PACKAGE_NAME flame-ec2)
set(CPACK_PACKAGE_VENDOR "The authors of flame-ec2")
set(CPACK_PACKAGE_CONTACT "The authors of flame-ec2 <maintainers@users.noreply.r-seed-9eb1c922.example>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "boots short-lived EC2 machines that run a release")
set(CPACK_PACKAGE_DESCRIPTION
"flame-ec2 boots EC2 machines that run the release bundle of an application,
also as children of Elixir's FLAME, waits until they are ready, and sees to it
that they end, whatever becomes of the caller.

With it comes flame-ec2-sandbox, a local EC2 for tests and first steps, whose
machines are containers of systemd.")
set(CPACK_PACKAGE_VERSION "${PROJECT_VERSION}")
# The tarball's name is what integrations/github/program.js fetches.
set(CPACK_PACKAGE_FILE_NAME "flame-ec2-${PROJECT_VERSION}-linux-${debian_architecture}")
set(CPACK_STRIP_FILES ON)
set(CPACK_PRE_BUILD_SCRIPTS "${PROJECT_SOURCE_DIR}/packaging/stage.cmake")
set(CPACK_FLAME_PACKAGING "${PROJECT_SOURCE_DIR}/packaging")
set(CPACK_FLAME_CHANGELOG "${PROJECT_BINARY_DIR}/changelog.Debian")

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_ARCHITECTURE ${debian_architecture})
set(CPACK_DEBIAN_PACKAGE_SECTION net)
# tests/packages/run compares with what the programs need.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "libc6 (>= 2.34), libgcc-s1, ca-certificates")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "systemd-container, dbus, iproute2") # the sandbox's machines

set(CPACK_RPM_FILE_NAME RPM-DEFAULT)
set(CPACK_RPM_PACKAGE_ARCHITECTURE ${CMAKE_SYSTEM_PROCESSOR})
set(CPACK_RPM_PACKAGE_LICENSE Apache-2.0)
set(CPACK_RPM_PACKAGE_REQUIRES ca-certificates) # and of libraries what rpmbuild finds
set(CPACK_RPM_EXCLUDE_FROM_AUTO_FILELIST_ADDITION
  /usr/share/man /usr/share/man/man1 /usr/share/bash-completion /usr/share/bash-completion/completions
  /usr/share/zsh /usr/share/zsh/site-functions /usr/share/fish /usr/share/fish/vendor_completions.d)
set(CPACK_RPM_SPEC_MORE_DEFINE
  "%define _build_id_links none\n%define debug_package %{nil}\n%define __strip /bin/true\n%define source_date_epoch_from_changelog 0\n%define use_source_date_epoch_as_buildtime 1\n%define clamp_mtime_to_source_date_epoch 1\n%define _buildhost localhost")

include(CPack)
