package io.halfsecond.collector.probe;

/// The phases of a probe, in order.
public enum ProbePhase {
  /** TCP, until the connection is established. */
  CONNECT,
  /**
   * Until the server has sent its identification string (RFC 4253, section 4.2): fork, loader,
   * configuration.
   */
  BANNER,
  /** Until the server's host key and signature are verified (RFC 4253, section 8). */
  KEX,
  /** Until the server has refused the user (RFC 4252, section 5.1). */
  AUTH
}
