package io.halfsecond.deploy.sessions;

import io.halfsecond.schemas.AuthTiming;
import io.halfsecond.schemas.SessionCpu;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Joins the records of decisions and of ends by the id of their connection.
///
/// **Guarantees** that every connection is in it once, whatever the order of the records and
/// however often one was sent.
public final class ConnectionRecord {
  private final Map<String, KnownConnection> byId = new HashMap<>();
  private final Optional<String> host;

  /// @param host only its connections; empty for those of all hosts
  public ConnectionRecord(Optional<String> host) {
    this.host = host;
  }

  public void add(AuthTiming timing) {
    if (isWanted(timing.getHost())) {
      byId.merge(
          timing.getId(),
          new KnownConnection(Optional.of(timing), Optional.empty()),
          (known, _) -> known.with(timing));
    }
  }

  public void add(SessionCpu cpu) {
    if (isWanted(cpu.getHost())) {
      byId.merge(
          cpu.getId(),
          new KnownConnection(Optional.empty(), Optional.of(cpu)),
          (known, _) -> known.with(cpu));
    }
  }

  private boolean isWanted(String name) {
    return host.isEmpty() || host.get().equals(name);
  }

  /// Those of clients, in the order in which they began.
  public List<KnownConnection> connections() {
    return byId.values().stream()
        .filter(connection -> !connection.isProbe())
        .sorted(
            Comparator.comparing(KnownConnection::connectedAt).thenComparing(KnownConnection::host))
        .toList();
  }

  public ConnectionTally tally() {
    long probes = byId.values().stream().filter(KnownConnection::isProbe).count();
    return ConnectionTally.of(connections(), probes);
  }
}
