package io.halfsecond.streams.engine;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertControl;
import io.halfsecond.schemas.Sha256;
import io.halfsecond.schemas.TamperEvidence;
import io.halfsecond.schemas.TamperFact;
import io.halfsecond.schemas.Tier;
import io.halfsecond.streams.alert.OpenAlerts;
import io.halfsecond.streams.measurement.Reading;
import io.halfsecond.streams.telemetry.Telemetry;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;

/// Opens and ends the alerts about evidence of tampering. It knows no rule by name: what a rule is
/// about and how urgent it is comes with the evidence, so a new rule of a collector needs nothing
/// here.
///
/// One alert is open for each object of a rule. A fact without an object is an event: all events of
/// a rule are one alert, each is told, and whoever accepts it accepts those that were told.
final class TamperFinder implements Finder<Reading> {
  /// Prefix of the subjects of evidence only.
  static final String PREFIX = "evidence/";

  /// Open alerts of a host. What else is found is told as events of its rule: a host can name any
  /// number of objects.
  static final int MOST = 64;

  private static final int LABEL_CHARS = 40;
  private static final int HASH_CHARS = 16;

  private final HostStates hosts;
  private final OpenAlerts alerts;

  TamperFinder(HostStates hosts, OpenAlerts alerts) {
    this.hosts = hosts;
    this.alerts = alerts;
  }

  @Override
  public List<Output> take(Reading reading, long nowMillis) {
    if (!(reading.telemetry() instanceof Telemetry.Tampering(var evidence))) {
      return List.of();
    }
    var out = new ArrayList<Output>();
    var told = new HashSet<String>();
    for (var fact : evidence.getFacts()) {
      var subject = subject(evidence, fact);
      told.add(subject);
      out.addAll(tell(evidence, fact, subject));
    }
    if (evidence.getComplete()) {
      var host = evidence.getHost();
      Stream.concat(alerts.open(host).stream(), alerts.accepted(host).stream())
          .map(Alert::getSubject)
          .filter(subject -> isOf(evidence.getRule(), subject) && !told.contains(subject))
          .distinct()
          .forEach(subject -> out.addAll(facts(subject).over(host, evidence.getAt())));
    }
    return out;
  }

  private List<Output> tell(TamperEvidence evidence, TamperFact fact, String subject) {
    var host = evidence.getHost();
    var facts =
        new HostFacts(
            alerts,
            subject,
            evidence.getRule(),
            evidence.getAbout(),
            evidence.getTier() == Tier.CREEP ? Tier.CREEP : Tier.STEP,
            this::cohort);
    return isEvent(evidence.getRule(), subject)
        ? facts.happened(host, evidence.getAt(), fact.getStatements())
        : facts.told(host, evidence.getAt(), fact.getStatements());
  }

  private String subject(TamperEvidence evidence, TamperFact fact) {
    var event = PREFIX + evidence.getRule();
    if (fact.getObject().isEmpty()) {
      return event;
    }
    var subject = event + "/" + label(fact.getObject());
    var host = evidence.getHost();
    boolean known =
        open(host, subject).findAny().isPresent()
            || alerts.accepted(host).stream().anyMatch(alert -> alert.getSubject().equals(subject));
    boolean room =
        alerts.open(host).stream().filter(alert -> owns(alert.getSubject())).count() < MOST;
    return known || room ? subject : event;
  }

  /// The end of a path, and what tells it from all others. A path may contain anything.
  private static String label(String object) {
    var name = object.substring(object.lastIndexOf('/') + 1).replaceAll("[^A-Za-z0-9._-]", "_");
    return name.substring(0, Math.min(LABEL_CHARS, name.length()))
        + "~"
        + Sha256.hex(object).substring(0, HASH_CHARS);
  }

  private Stream<Alert> open(String host, String subject) {
    return alerts.open(host).stream().filter(alert -> alert.getSubject().equals(subject));
  }

  private static boolean isEvent(String rule, String subject) {
    return subject.equals(PREFIX + rule);
  }

  private static boolean isOf(String rule, String subject) {
    return isEvent(rule, subject) || subject.startsWith(PREFIX + rule + "/");
  }

  /// For what needs the subject alone.
  private HostFacts facts(String subject) {
    return new HostFacts(alerts, subject, "", "", Tier.UNKNOWN, this::cohort);
  }

  private String cohort(String host) {
    return hosts.get(host).cohort();
  }

  @Override
  public boolean owns(String subject) {
    return subject.startsWith(PREFIX);
  }

  @Override
  public List<Output> decide(AlertControl control) {
    return facts(control.getSubject()).decide(control);
  }
}
