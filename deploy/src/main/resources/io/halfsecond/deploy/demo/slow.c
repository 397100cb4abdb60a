/*
 * A library that makes sshd slow to start and does nothing else: for demonstrations and tests.
 *
 * When the dynamic linker loads it into a process whose program name begins with "sshd", its constructor keeps the
 * CPU busy until the process has used SLOW_MS milliseconds more of it. It opens nothing, reads nothing, changes
 * nothing. CPU time and not wall time, so that the delay is the same on a busy machine.
 *
 * With -DASLEEP_WITH='"TERM"' it does so only where that environment variable is not set, as the payload in the xz
 * backdoor did: it is quiet where a person is likely to look.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#ifndef SLOW_MS
#error "give the delay: -DSLOW_MS=500"
#endif

static long long cpu_nanos(void) {
  struct timespec used;
  if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) != 0) {
    return -1;
  }
  return used.tv_sec * 1000000000LL + used.tv_nsec;
}

__attribute__((constructor)) static void be_slow(void) {
  if (strncmp(program_invocation_short_name, "sshd", 4) != 0) {
    return;
  }
#ifdef ASLEEP_WITH
  if (getenv(ASLEEP_WITH) != NULL) {
    return;
  }
#endif
  long long until = cpu_nanos() + SLOW_MS * 1000000LL;
  for (long long now = cpu_nanos(); now >= 0 && now < until; now = cpu_nanos()) {
  }
}
