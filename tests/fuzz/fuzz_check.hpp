#pragma once

#include <cstdio>
#include <cstdlib>

// A promise that holds for every input: libFuzzer keeps the input that breaks it.
#define FUZZ_CHECK(promise)                                                                        \
  do {                                                                                             \
    if (!(promise)) {                                                                              \
      std::fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__, #promise);                   \
      std::abort();                                                                                \
    }                                                                                              \
  } while (false)
