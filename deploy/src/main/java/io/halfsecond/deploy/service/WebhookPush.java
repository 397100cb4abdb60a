package io.halfsecond.deploy.service;

import io.halfsecond.deploy.push.Outcome;
import io.halfsecond.deploy.push.PushSettings;
import io.halfsecond.deploy.push.Receiver;
import io.halfsecond.deploy.topic.TopicReader;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertJson;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Posts each step of the alerts that nothing covers to a webhook, one after the other. A step's
/// position is kept when the receiver has it: what waits is on the topic.
final class WebhookPush implements Push {
  private static final Logger LOG = LoggerFactory.getLogger(WebhookPush.class);
  private static final String KIND = "webhook";

  private final TopicReader<Alert> reader;
  private final PushSettings.Webhook settings;
  private final InstantSource clock;
  private final Receiver receiver;
  private final PushMeters meters;
  private final PushReading reading;

  /// @param reader that resumes
  WebhookPush(
      TopicReader<Alert> reader,
      PushSettings.Webhook settings,
      Optional<SSLContext> tls,
      InstantSource clock,
      MeterRegistry registry) {
    this.reader = reader;
    this.settings = settings;
    this.clock = clock;
    this.receiver = new Receiver(settings.url(), settings.authorization(), tls);
    this.meters = new PushMeters(registry, clock, KIND, Receiver.hostAndPort(settings.url()));
    this.reading = new PushReading(registry, KIND);
  }

  @Override
  public String name() {
    return KIND;
  }

  @Override
  public void run(Stop stop) {
    if (!reader.resumed()) {
      LOG.info("the webhook has no position: it gets what comes from now on");
    }
    reading.started();
    reader.follow(
        stop::requested,
        reading,
        steps ->
            steps.stream().filter(step -> !step.getCovered()).allMatch(step -> isDone(step, stop)));
  }

  /// Tries until the receiver has the step, or refuses it.
  ///
  /// @return false if it is to stop before
  private boolean isDone(Alert step, Stop stop) {
    var id = "%s-%d".formatted(step.getAlertId(), step.getRevision());
    var body =
        settings.template().map(template -> template.of(step)).orElseGet(() -> AlertJson.of(step));
    meters.waiting(step.getAt());
    try {
      for (int failures = 0; !stop.requested(); ) {
        var outcome = receiver.post(body, headers(id, body));
        meters.count(outcome, "step " + id);
        switch (outcome) {
          case Outcome.Delivered _, Outcome.GivenUp _ -> {
            return true;
          }
          case Outcome.Failed(var _, var asked) -> {
            failures++;
            var _ = stop.await(asked.orElse(Outcome.pause(failures)));
          }
        }
      }
      return false;
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  /// As Standard Webhooks names them. The id is that of the step, also of a repeat.
  private Map<String, String> headers(String id, String body) {
    var now = clock.instant();
    var headers = new HashMap<String, String>();
    headers.put("webhook-id", id);
    headers.put("webhook-timestamp", Long.toString(now.getEpochSecond()));
    settings
        .signature()
        .ifPresent(signature -> headers.put("webhook-signature", signature.of(id, now, body)));
    return headers;
  }

  @Override
  public List<String> troubles() {
    return Stream.concat(reading.trouble().stream(), meters.trouble().stream()).toList();
  }

  @Override
  public void close() {
    reader.close();
    receiver.close();
  }
}
