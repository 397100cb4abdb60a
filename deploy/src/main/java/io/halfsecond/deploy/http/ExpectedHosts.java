package io.halfsecond.deploy.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The Host headers that are answered. A web page elsewhere can have its own name resolve to
/// 127.0.0.1, and let the browser of whoever reads it ask a server that listens there: but it
/// cannot choose the header.
///
/// A server that listens beyond the loopback address is reached by whatever name its operator gave
/// it, so there every header is answered.
final class ExpectedHosts {
  private static final Path KERNELS_HOST_NAME = Path.of("/proc/sys/kernel/hostname");

  private final boolean any;
  private final List<String> names;

  private ExpectedHosts(boolean any, List<String> names) {
    this.any = any;
    this.names = names;
  }

  /// @param listening where the server listens
  static ExpectedHosts at(InetSocketAddress listening) {
    return at(listening, ownName());
  }

  static ExpectedHosts at(InetSocketAddress listening, Optional<String> ownName) {
    return new ExpectedHosts(
        !listening.getAddress().isLoopbackAddress(),
        List.of("localhost", ownName.orElse("localhost").toLowerCase(Locale.ROOT)));
  }

  private static Optional<String> ownName() {
    try {
      return Optional.of(Files.readString(KERNELS_HOST_NAME).strip());
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  /// @param header of a request; empty if it has none, as HTTP/1.0 allows
  boolean expect(Optional<String> header) {
    return any || header.filter(host -> !isOurs(host)).isEmpty();
  }

  /// Whether it is an address, or a name of this host, with or without its domain.
  private boolean isOurs(String header) {
    var host = withoutPort(header).toLowerCase(Locale.ROOT);
    return isAddress(host)
        || names.stream().anyMatch(name -> host.equals(name) || isFirstLabel(host, name));
  }

  private static boolean isFirstLabel(String host, String name) {
    return name.startsWith(host + ".");
  }

  private static String withoutPort(String header) {
    int colon = header.lastIndexOf(':');
    return colon > header.lastIndexOf(']') ? header.substring(0, colon) : header;
  }

  /// No name of DNS is made of digits and dots alone, or has brackets.
  private static boolean isAddress(String host) {
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    return bracketed
        || (!host.isEmpty() && host.chars().allMatch(c -> (c >= '0' && c <= '9') || c == '.'));
  }
}
