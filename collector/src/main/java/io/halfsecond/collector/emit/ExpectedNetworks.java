package io.halfsecond.collector.emit;

import io.halfsecond.schemas.SourceNetwork;
import java.math.BigInteger;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The networks that clients are expected to come from.
public record ExpectedNetworks(List<Network> networks) {
  /// Stands for private, shared, link-local and loopback addresses.
  public static final String PRIVATE = "private";

  /// RFC 1918, RFC 6598, RFC 3927 and RFC 1122; RFC 4193 and RFC 4291.
  private static final List<String> PRIVATE_NETWORKS =
      List.of(
          "10.0.0.0/8",
          "172.16.0.0/12",
          "192.168.0.0/16",
          "100.64.0.0/10",
          "169.254.0.0/16",
          "127.0.0.0/8",
          "fc00::/7",
          "fe80::/10",
          "::1");

  /// Java takes forms of addresses that nobody writes, such as 10.1 for 10.0.0.1.
  private static final Pattern LITERAL =
      Pattern.compile("\\d{1,3}(?:\\.\\d{1,3}){3}|[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*");

  /// The addresses of one length that begin alike.
  ///
  /// @param bytes of an address: 4 or 16
  /// @param prefix what is the same
  /// @param rest how many bits may differ
  public record Network(int bytes, BigInteger prefix, int rest) {
    private boolean contains(byte[] address) {
      return address.length == bytes && new BigInteger(1, address).shiftRight(rest).equals(prefix);
    }
  }

  public ExpectedNetworks {
    networks = List.copyOf(networks);
  }

  /// Private, shared, link-local and loopback addresses.
  public static ExpectedNetworks ofPrivate() {
    return parse(PRIVATE);
  }

  /// @param text addresses and networks in CIDR notation, separated by commas; `private` among them
  ///   stands for private, shared, link-local and loopback addresses
  /// @throws IllegalArgumentException if it is not; the message names the culprit
  public static ExpectedNetworks parse(String text) {
    return new ExpectedNetworks(
        Arrays.stream(text.split(",", -1))
            .map(String::strip)
            .flatMap(each -> each.equals(PRIVATE) ? PRIVATE_NETWORKS.stream() : Stream.of(each))
            .map(ExpectedNetworks::network)
            .toList());
  }

  private static Network network(String text) {
    var parts = text.split("/", -1);
    var address =
        bytes(parts[0])
            .filter(_ -> parts.length <= 2)
            .orElseThrow(() -> wrong(text, "it is no network such as 192.0.2.0/24"));
    int bits = address.length * Byte.SIZE;
    int same = parts.length == 1 ? bits : length(parts[1], bits, text);
    var value = new BigInteger(1, address);
    var prefix = value.shiftRight(bits - same);
    if (!prefix.shiftLeft(bits - same).equals(value)) {
      throw wrong(text, "the address has bits beyond its first %d".formatted(same));
    }
    return new Network(address.length, prefix, bits - same);
  }

  private static int length(String digits, int most, String text) {
    if (digits.matches("\\d{1,3}") && Integer.parseInt(digits) <= most) {
      return Integer.parseInt(digits);
    }
    throw wrong(text, "the number after '/' must be from 0 to %d".formatted(most));
  }

  private static IllegalArgumentException wrong(String text, String why) {
    return new IllegalArgumentException("'%s': %s".formatted(text, why));
  }

  /// An IPv4 address that is written as an IPv6 address is one of IPv4.
  private static Optional<byte[]> bytes(String literal) {
    if (!LITERAL.matcher(literal).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.ofLiteral(literal).getAddress());
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /// Where a client comes from.
  ///
  /// @param address as sshd logs it: with a zone (RFC 4007) for a link-local address
  public SourceNetwork of(String address) {
    int zone = address.indexOf('%');
    return bytes(zone < 0 ? address : address.substring(0, zone))
        .map(this::contains)
        .map(expected -> expected ? SourceNetwork.EXPECTED : SourceNetwork.OUTSIDE)
        .orElse(SourceNetwork.UNKNOWN);
  }

  private boolean contains(byte[] address) {
    return networks.stream().anyMatch(network -> network.contains(address));
  }
}
