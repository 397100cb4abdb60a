package io.halfsecond.collector.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/// The C functions in use, each with its prototype. One instance per thread, because it owns the
/// memory that errno is captured in.
///
/// A function sets errno if and only if it returns −1; [#errno()] is meaningless after any other
/// result.
@SuppressWarnings(
    "restricted") // Linker.downcallHandle: what this class is for; needs --enable-native-access
final class Libc {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final Linker.Option CAPTURE = Linker.Option.captureCallState("errno");
  private static final VarHandle ERRNO =
      Linker.Option.captureStateLayout().varHandle(PathElement.groupElement("errno"));

  // int socket(int domain, int type, int protocol);
  private static final MethodHandle SOCKET =
      function("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
  // int bind(int sockfd, const struct sockaddr *addr, socklen_t addrlen);
  private static final MethodHandle BIND =
      function("bind", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  // int getsockname(int sockfd, struct sockaddr *addr, socklen_t *addrlen);
  private static final MethodHandle GETSOCKNAME =
      function("getsockname", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
  // int setsockopt(int sockfd, int level, int optname, const void *optval, socklen_t optlen);
  private static final MethodHandle SETSOCKOPT =
      function(
          "setsockopt",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  // int getsockopt(int sockfd, int level, int optname, void *optval, socklen_t *optlen);
  private static final MethodHandle GETSOCKOPT =
      function(
          "getsockopt",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
  // ssize_t sendto(int sockfd, const void *buf, size_t len, int flags, const struct sockaddr *dest,
  // socklen_t addrlen);
  private static final MethodHandle SENDTO =
      function(
          "sendto",
          FunctionDescriptor.of(
              JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
  // ssize_t recvfrom(int sockfd, void *buf, size_t len, int flags, struct sockaddr *src, socklen_t
  // *addrlen);
  private static final MethodHandle RECVFROM =
      function(
          "recvfrom",
          FunctionDescriptor.of(
              JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS));
  // int poll(struct pollfd *fds, nfds_t nfds, int timeout);
  private static final MethodHandle POLL =
      function("poll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
  // int eventfd(unsigned int initval, int flags);
  private static final MethodHandle EVENTFD =
      function("eventfd", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  // int open(const char *pathname, int flags, ...);
  private static final MethodHandle OPEN =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("open"),
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
          CAPTURE,
          Linker.Option.firstVariadicArg(2));
  // ssize_t read(int fd, void *buf, size_t count);
  private static final MethodHandle READ =
      function("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
  // ssize_t write(int fd, const void *buf, size_t count);
  private static final MethodHandle WRITE =
      function("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
  // int getrusage(int who, struct rusage *usage);
  private static final MethodHandle GETRUSAGE =
      function("getrusage", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));
  // int clock_gettime(clockid_t clockid, struct timespec *tp);
  private static final MethodHandle CLOCK_GETTIME =
      function("clock_gettime", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));
  // int close(int fd);
  private static final MethodHandle CLOSE =
      function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

  static final ValueLayout.OfInt INT = JAVA_INT;
  static final ValueLayout.OfLong LONG = JAVA_LONG;
  static final ValueLayout.OfShort SHORT = JAVA_SHORT;

  private final MemorySegment captured;

  Libc(SegmentAllocator memory) {
    captured = memory.allocate(Linker.Option.captureStateLayout());
  }

  private static MethodHandle function(String name, FunctionDescriptor descriptor) {
    return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), descriptor, CAPTURE);
  }

  int errno() {
    return (int) ERRNO.get(captured, 0L);
  }

  /// The exception for the call that has just returned −1.
  NativeCallException failed(String call) {
    return new NativeCallException(call, errno());
  }

  int socket(int domain, int type, int protocol) {
    try {
      return (int) SOCKET.invokeExact(captured, domain, type, protocol);
    } catch (Throwable broken) {
      throw bindingBroken(broken);
    }
  }

  int bind(int fd, MemorySegment address, int length) {
    try {
      return (int) BIND.invokeExact(captured, fd, address, length);
    } catch (Throwable broken) {
      throw bindingBroken(broken);
    }
  }

  int getsockname(int fd, MemorySegment address, MemorySegment length) {
    try {
      return (int) GETSOCKNAME.invokeExact(captured, fd, address, length);
    } catch (Throwable broken) {
      throw bindingBroken(broken);
    }
  }

  int setsockopt(int fd, int level, int name, MemorySegment value, int length) {
    try {
      return (int) SETSOCKOPT.invokeExact(captured, fd, level, name, value, length);
    } catch (Throwable broken) {
      throw bindingBroken(broken);
    }
  }

  int getsockopt(int fd, int level, int name, MemorySegment value, MemorySegment length) {
    try {
      return (int) GETSOCKOPT.invokeExact(captured, fd, level, name, value, length);
    } catch (Throwable broken) {
      throw bindingBroken(broken);
    }
  }

  long sendto(
      int fd, MemorySegment bytes, long count, int flags, MemorySegment address, int length) {
    try {
      return (long) SENDTO.invokeExact(captured, fd, bytes, count, flags, address, length);
    } catch (Throwable broken) {
      throw bindingBroken(broken);
    }
  }

  long recvfrom(
      int fd,
      MemorySegment bytes,
      long count,
      int flags,
      MemorySegment address,
      MemorySegment length) {
    try {
      return (long) RECVFROM.invokeExact(captured, fd, bytes, count, flags, address, length);
    } catch (Throwable broken) {
      throw bindingBroken(broken);
    }
  }

  int poll(MemorySegment descriptors, long count, int timeoutMillis) {
    try {
      return (int) POLL.invokeExact(captured, descriptors, count, timeoutMillis);
    } catch (Throwable broken) {
      throw bindingBroken(broken);
    }
  }

  int eventfd(int initial, int flags) {
    try {
      return (int) EVENTFD.invokeExact(captured, initial, flags);
    } catch (Throwable broken) {
      throw bindingBroken(broken);
    }
  }

  int open(MemorySegment path, int flags) {
    try {
      return (int) OPEN.invokeExact(captured, path, flags);
    } catch (Throwable broken) {
      throw bindingBroken(broken);
    }
  }

  long read(int fd, MemorySegment bytes, long count) {
    try {
      return (long) READ.invokeExact(captured, fd, bytes, count);
    } catch (Throwable broken) {
      throw bindingBroken(broken);
    }
  }

  long write(int fd, MemorySegment bytes, long count) {
    try {
      return (long) WRITE.invokeExact(captured, fd, bytes, count);
    } catch (Throwable broken) {
      throw bindingBroken(broken);
    }
  }

  int getrusage(int who, MemorySegment usage) {
    try {
      return (int) GETRUSAGE.invokeExact(captured, who, usage);
    } catch (Throwable broken) {
      throw bindingBroken(broken);
    }
  }

  int clockGettime(int clock, MemorySegment time) {
    try {
      return (int) CLOCK_GETTIME.invokeExact(captured, clock, time);
    } catch (Throwable broken) {
      throw bindingBroken(broken);
    }
  }

  int close(int fd) {
    try {
      return (int) CLOSE.invokeExact(captured, fd);
    } catch (Throwable broken) {
      throw bindingBroken(broken);
    }
  }

  /// Closes a descriptor, on any thread.
  static void closeQuietly(int fd) {
    try (var arena = Arena.ofConfined()) {
      // Linux frees the descriptor even if close(2) reports an error.
      int ignored = new Libc(arena).close(fd);
    }
  }

  /// A downcall throws only if the binding is wrong: type, closed arena or thread.
  private static RuntimeException bindingBroken(Throwable broken) {
    switch (broken) {
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new IllegalStateException(e);
    }
  }
}
