package io.halfsecond.deploy.service;

import io.halfsecond.deploy.push.Outcome;
import io.halfsecond.deploy.push.Page;
import io.halfsecond.deploy.push.PushSettings;
import io.halfsecond.deploy.push.Receiver;
import io.halfsecond.deploy.push.Rounds;
import io.halfsecond.deploy.topic.TopicReader;
import io.halfsecond.schemas.Alert;
import io.halfsecond.streams.alert.OpenAlerts;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.apache.kafka.common.errors.InterruptException;

/// Keeps the Alertmanagers of a cluster at what is open now. It has no position: the topic has the
/// newest record of every alert, and each round sends all of it. A round of nothing is sent too: so
/// a wrong address is told before there is an alert.
final class AlertmanagerPush implements Push {
  private static final String KIND = "alertmanager";

  /// An incident and its hosts come within a moment: one round for them.
  private static final Duration AFTER_A_CHANGE = Duration.ofSeconds(1);

  private static final Duration AFTER_A_FAILURE = Duration.ofSeconds(10);
  private static final String API = "/api/v2/alerts";

  private record Member(Receiver receiver, PushMeters meters) {}

  private final TopicReader<Alert> reader;
  private final PushSettings.Alertmanagers settings;
  private final InstantSource clock;
  private final List<Member> members;
  private final PushReading reading;
  private final Rounds rounds;
  private final Map<String, Alert> open = new HashMap<>();
  private Instant nextRound;

  AlertmanagerPush(
      TopicReader<Alert> reader,
      PushSettings.Alertmanagers settings,
      Optional<SSLContext> tls,
      InstantSource clock,
      MeterRegistry registry) {
    this.reader = reader;
    this.settings = settings;
    this.clock = clock;
    this.members =
        settings.urls().stream()
            .map(
                url ->
                    new Member(
                        new Receiver(URI.create(base(url) + API), settings.authorization(), tls),
                        new PushMeters(registry, clock, KIND, base(url))))
            .toList();
    this.reading = new PushReading(registry, KIND);
    this.rounds = new Rounds(settings.interval());
    this.nextRound = clock.instant();
  }

  /// Two may be on one port, with different paths.
  private static String base(URI url) {
    var text = url.toString();
    return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
  }

  @Override
  public String name() {
    return KIND;
  }

  @Override
  public void run(Stop stop) {
    reader.readToEnd(stop::requested, this::take);
    reading.started();
    reader.follow(
        stop::requested,
        reading,
        steps -> {
          steps.forEach(this::take);
          if (!steps.isEmpty()) {
            soon(AFTER_A_CHANGE);
          }
          if (!clock.instant().isBefore(nextRound)) {
            round();
          }
          return true;
        });
  }

  private void take(Alert step) {
    if (OpenAlerts.isOver(step)) {
      open.remove(step.getAlertId());
    } else {
      open.put(step.getAlertId(), step);
    }
  }

  private void soon(Duration pause) {
    var at = clock.instant().plus(pause);
    nextRound = at.isBefore(nextRound) ? at : nextRound;
  }

  private void round() {
    var now = clock.instant();
    nextRound = now.plus(settings.interval());
    var round = rounds.next(now, Page.of(open.values(), now, settings.links()));
    var body = round.toString();
    for (var member : members) {
      member.meters().waiting(now);
      var outcome = post(member, body);
      member.meters().count(outcome, "some of %,d alerts".formatted(round.size()));
      if (outcome instanceof Outcome.Failed) {
        soon(AFTER_A_FAILURE);
      }
    }
  }

  private static Outcome post(Member member, String body) {
    try {
      return member.receiver().post(body, Map.of());
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  @Override
  public List<String> troubles() {
    return Stream.concat(
            reading.trouble().stream(),
            members.stream().flatMap(member -> member.meters().trouble().stream()))
        .toList();
  }

  @Override
  public void close() {
    reader.close();
    members.forEach(member -> member.receiver().close());
  }
}
