package io.halfsecond.deploy.doctor;

import io.halfsecond.streams.telemetry.Witness;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// The connections that a topology has counted since its start, by who has seen them.
record SeenConnections(Map<Witness, Long> byWitness) {
  /// One in so many: a few lines are lost with each restart of a log daemon.
  private static final long TOLERATED = 100;

  private static final Pattern SERIES =
      Pattern.compile("halfsecond_connections_total\\{([^}]*)\\} (\\S+)");

  /// @param metrics in the text format of Prometheus
  static SeenConnections of(String metrics) {
    var counts = new EnumMap<Witness, Long>(Witness.class);
    var series = SERIES.matcher(metrics);
    while (series.find()) {
      var labels = series.group(1);
      long count = Math.round(Double.parseDouble(series.group(2)));
      for (var witness : Witness.values()) {
        if (labels.contains("evidence=\"%s\"".formatted(witness.evidence()))
            && labels.contains("gap=\"%s\"".formatted(witness.gap()))) {
          counts.merge(witness, count, Long::sum);
        }
      }
    }
    return new SeenConnections(counts);
  }

  /// Empty if there were none.
  Optional<Finding> finding() {
    long all = byWitness.values().stream().mapToLong(Long::longValue).sum();
    if (all == 0) {
      return Optional.empty();
    }
    var what = "topology: %,d connections: %s".formatted(all, String.join(", ", parts()));
    return Optional.of(
        of(Witness.KERNEL_ALONE) * TOLERATED > all
            ? Finding.warn(
                what,
                "the log of some hosts is not read, sshd does not write it, or somebody removes"
                    + " lines",
                "halfsecond sessions shows which hosts; halfsecond doctor says there what is"
                    + " missing")
            : Finding.ok(what));
  }

  private List<String> parts() {
    var parts = new ArrayList<String>();
    byWitness.forEach(
        (witness, count) ->
            parts.add(
                switch (witness) {
                  case KERNEL_AND_LOG -> "%,d by kernel and log".formatted(count);
                  case KERNEL_WITHOUT_LOGIN ->
                      "%,d by the kernel alone, without a login".formatted(count);
                  case KERNEL_INCOMPLETE -> "%,d by the kernel alone, incomplete".formatted(count);
                  case KERNEL_ALONE -> "%,d logins by the kernel alone".formatted(count);
                  case LOG_ALONE -> "%,d by the log alone".formatted(count);
                  case UNKNOWN -> "%,d of newer collectors".formatted(count);
                }));
    return parts;
  }

  private long of(Witness witness) {
    return byWitness.getOrDefault(witness, 0L);
  }
}
