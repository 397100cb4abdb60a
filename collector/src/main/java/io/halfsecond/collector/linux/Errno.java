package io.halfsecond.collector.linux;

/// The error numbers that callers distinguish, named as in errno(3). The values are those of the
/// generic Linux ABI: x86-64, arm64, riscv64.
public enum Errno {
  EPERM(1),
  ENOENT(2),
  ESRCH(3),
  EINTR(4),
  EAGAIN(11),
  EACCES(13),
  EINVAL(22),
  EMFILE(24),
  EPROTONOSUPPORT(93),
  EAFNOSUPPORT(97),
  ENOBUFS(105),
  ECONNREFUSED(111),
  /** Any other; [NativeCallException#number()] has it. */
  OTHER(-1);

  private final int number;

  Errno(int number) {
    this.number = number;
  }

  public static Errno of(int number) {
    for (var errno : values()) {
      if (errno.number == number) {
        return errno;
      }
    }
    return OTHER;
  }
}
