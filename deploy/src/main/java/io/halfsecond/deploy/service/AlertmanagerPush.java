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
import javax.net.ssl.SSLContext;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the Alertmanagers of a cluster at what is open now. It has no position: the topic has the
/// newest record of every alert, and each round sends all of it.
final class AlertmanagerPush implements Push {
  private static final Logger LOG = LoggerFactory.getLogger(AlertmanagerPush.class);

  /// An incident and its hosts come within a moment: one round for them.
  private static final Duration AFTER_A_CHANGE = Duration.ofSeconds(1);

  private static final Duration AFTER_A_FAILURE = Duration.ofSeconds(10);
  private static final String API = "/api/v2/alerts";

  private record Member(Receiver receiver, PushMeters meters) {}

  private final TopicReader<Alert> reader;
  private final PushSettings.Alertmanagers settings;
  private final InstantSource clock;
  private final List<Member> members;
  private final Rounds rounds;
  private final Map<String, Alert> open = new HashMap<>();
  private Instant nextRound;
  private volatile boolean started;

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
            .map(url -> new Receiver(api(url), settings.authorization(), tls))
            .map(
                receiver ->
                    new Member(
                        receiver, new PushMeters(registry, clock, "alertmanager", receiver.name())))
            .toList();
    this.rounds = new Rounds(settings.interval());
    this.nextRound = clock.instant();
  }

  private static URI api(URI url) {
    var text = url.toString();
    return URI.create((text.endsWith("/") ? text.substring(0, text.length() - 1) : text) + API);
  }

  @Override
  public String name() {
    return "alertmanager";
  }

  @Override
  public void run(Stop stop) {
    reader.readToEnd(stop::requested, this::take);
    started = true;
    reader.follow(
        stop::requested,
        LOG::warn,
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
    if (round.isEmpty()) {
      return;
    }
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
    return started
        ? members.stream().flatMap(member -> member.meters().trouble().stream()).toList()
        : List.of("alertmanager: the topic of alerts is being read");
  }

  @Override
  public void close() {
    reader.close();
    members.forEach(member -> member.receiver().close());
  }
}
