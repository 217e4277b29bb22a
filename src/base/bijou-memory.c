#include "config.h"

#include "bijou-memory.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

/* Pictures are larger, most else is smaller. */
#define MAPPED_BYTES (64 * 1024)
#define ARENAS 2

/**
 * bijou_memory_init:
 *
 * Lets pictures have memory of their own, which goes back to the system when they are dropped.
 * Without it the C library learns from the first pictures that are freed to keep such sizes in its
 * heaps, of which each thread has one, and scrolling through a large library leaves them full of
 * holes. Nor does it put off joining what is freed until somebody wants much at once, which would
 * now and then be the main thread, and take it 10 ms. To be called before there are threads.
 */
void
bijou_memory_init (void)
{
#ifdef __GLIBC__
  mallopt (M_MMAP_THRESHOLD, MAPPED_BYTES);
  mallopt (M_ARENA_MAX, ARENAS);
  mallopt (M_MXFAST, 0);
#endif
}

/**
 * bijou_memory_give_back:
 *
 * Returns what is free to the system, after work that needed much for a while. Takes a few
 * milliseconds; any thread.
 */
void
bijou_memory_give_back (void)
{
#ifdef __GLIBC__
  malloc_trim (0);
#endif
}
