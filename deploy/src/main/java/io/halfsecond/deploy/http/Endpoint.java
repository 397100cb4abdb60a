package io.halfsecond.deploy.http;

import java.net.InetSocketAddress;

/// Where the HTTP server listens, and to whom it answers.
///
/// @param address port 0 for any free port
public record Endpoint(InetSocketAddress address, WebConfig web) {
  /// Plain HTTP, for everybody who can reach the address.
  public static Endpoint plain(InetSocketAddress address) {
    return new Endpoint(address, WebConfig.NONE);
  }
}
