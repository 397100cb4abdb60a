package io.halfsecond.streams.alert;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertScope;
import io.halfsecond.schemas.Member;
import java.util.List;

/// Names the host or hosts that an alert is about.
public final class Who {
  private Who() {}

  /// For example `web-17`, `12 hosts of debian-12-x86_64` or `all hosts of debian-12-x86_64`.
  public static String title(Alert alert) {
    var hosts = hosts(alert);
    if (hosts.size() > 1) {
      return "%,d hosts of %s".formatted(hosts.size(), alert.getCohort());
    }
    return isOneHost(alert) ? hosts.getFirst() : "all hosts of " + alert.getCohort();
  }

  /// Whether the alert is about one host. An incident may be about one host and its cohort.
  static boolean isOneHost(Alert alert) {
    return hosts(alert).size() == 1
        && (alert.getScope() != AlertScope.INCIDENT || alert.getMembers().size() == 1);
  }

  /// The same with the names of some.
  static String sentence(Alert alert, int named) {
    var hosts = hosts(alert);
    return hosts.size() > 1 ? "%s (%s)".formatted(title(alert), names(hosts, named)) : title(alert);
  }

  /// The names of some of several hosts.
  static String names(List<String> hosts, int named) {
    int more = hosts.size() - named;
    return String.join(", ", hosts.subList(0, Math.min(named, hosts.size())))
        + (more > 0 ? " and %,d more".formatted(more) : "");
  }

  /// Empty for a cohort as a whole.
  public static List<String> hosts(Alert alert) {
    if (alert.getScope() != AlertScope.INCIDENT) {
      return alert.getHost().isEmpty() ? List.of() : List.of(alert.getHost());
    }
    return alert.getMembers().stream()
        .map(Member::getHost)
        .filter(host -> !host.isEmpty())
        .toList();
  }
}
