package io.halfsecond.deploy.ops;

import io.halfsecond.schemas.SourceState;
import io.halfsecond.schemas.SourceStatus;
import io.halfsecond.schemas.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/// A program that sends what the collectors of some hosts would send in a part of a day. The same
/// arguments give the same records, so several runs send a day in parts.
final class SendTelemetry {
  private static final Duration SLOW = SyntheticHost.USUAL_STARTUP.plusMillis(500);
  private static final String COHORT = "debian-12";
  private static final Duration BETWEEN_LOGINS = Duration.ofSeconds(30);

  private SendTelemetry() {}

  /// @param arguments bootstrap servers, prefix, partitions, begin of the day, begin of the part,
  ///   end of the part, then for each host its name, an equals sign and when it becomes slow
  public static void main(String... arguments) {
    var topics = Topics.of(arguments[1], Integer.parseInt(arguments[2]));
    try (var sender = new TelemetrySender(arguments[0], topics)) {
      for (var host : Arrays.asList(arguments).subList(6, arguments.length)) {
        send(
            sender,
            host.substring(0, host.indexOf('=')),
            Instant.parse(host.substring(host.indexOf('=') + 1)),
            Instant.parse(arguments[3]),
            Instant.parse(arguments[4]),
            Instant.parse(arguments[5]));
      }
    }
  }

  private static void send(
      TelemetrySender sender, String name, Instant slow, Instant begin, Instant from, Instant to) {
    var host = new SyntheticHost(name, COHORT, name.hashCode());
    var inspected = begin;
    for (var at = begin; at.isBefore(to); at = at.plus(BETWEEN_LOGINS)) {
      boolean due = !at.isBefore(from);
      boolean changes = at.equals(slow);
      if (at.equals(begin) || changes) {
        var fingerprint =
            host.fingerprint(at, inspected, changes ? at : begin, changes ? "b" : "a");
        inspected = at;
        if (due) {
          sender.send(fingerprint);
        }
      }
      var connection = host.connection(at, at.isBefore(slow) ? SyntheticHost.USUAL_STARTUP : SLOW);
      var heartbeat = host.heartbeat(at);
      if (due) {
        sender.send(connection);
        heartbeat.setSources(List.of(source()));
        sender.send(heartbeat);
      }
    }
  }

  /// In a state that a newer version alone has.
  private static SourceStatus source() {
    var states = SourceState.values();
    return SourceStatus.newBuilder().setName("kernel").setState(states[states.length - 1]).build();
  }
}
