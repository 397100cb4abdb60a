package io.halfsecond.collector.source.log;

import io.halfsecond.schemas.Names;
import java.util.List;
import java.util.Optional;

/// The host of a line as a legal name ([Names#HOST]). Names that differ stay different: lines of
/// two hosts are never taken for those of one.
final class LoggedHost {
  private LoggedHost() {}

  /// What a log daemon writes for a host is
  /// - a name, or a full one with the dot of the root: `web-17.example.`;
  /// - an address: `192.0.2.1`, `::1`, `[2001:db8::1]`;
  /// - with syslog-ng's `chain_hostnames` the hosts on the way, `web-17/relay`, or `source@relay`
  ///   for a line of its own. Here the chain is one name, `web-17:relay`: a slash joins the parts
  ///   of keys.
  ///
  /// @return empty if it is none of these
  static Optional<String> of(String logged) {
    if (List.of(logged.split("/", -1)).contains("")) {
      return Optional.empty();
    }
    var name = logged.substring(logged.lastIndexOf('@') + 1).replace('/', ':');
    if (name.startsWith("[") && name.endsWith("]")) {
      name = name.substring(1, name.length() - 1);
    }
    if (name.startsWith("::")) {
      // The same address, with its first digit.
      name = "0" + name;
    }
    if (name.endsWith(".")) {
      name = name.substring(0, name.length() - 1);
    }
    return Optional.of(name).filter(Names::isHost);
  }
}
