package io.halfsecond.deploy.http;

import java.net.InetSocketAddress;

/// An address as it stands in a URL (RFC 3986, 3.2.2).
public final class HostAndPort {
  private HostAndPort() {}

  /// `host:port`, `[address]:port` if it is one of IPv6
  public static String of(InetSocketAddress address) {
    var host = address.getHostString();
    return (host.contains(":") ? "[%s]:%d" : "%s:%d").formatted(host, address.getPort());
  }
}
