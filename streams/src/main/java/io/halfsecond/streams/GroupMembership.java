package io.halfsecond.streams;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.MemberToRemove;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import org.apache.kafka.streams.errors.TaskAssignmentException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The members of the consumer group that an instance is: one for each of its threads.
///
/// An instance keeps its members when it is started again: Kafka gives each the assignment that it
/// had, without working one out. If that was an error, because a topic was missing, it is the same
/// error after each start, although the topic is there again. So who fails for an assignment gives
/// its members up.
final class GroupMembership {
  private static final Logger LOG = LoggerFactory.getLogger(GroupMembership.class);

  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final StreamsSettings settings;
  private final Pattern ownMembers;

  /// @param name of the instance as a member; Kafka Streams adds the number of the thread
  GroupMembership(StreamsSettings settings, String name) {
    this.settings = settings;
    this.ownMembers = Pattern.compile(Pattern.quote(name) + "-\\d+");
  }

  /// Whether the assignment was an error, and would be again.
  static boolean isOfAssignment(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof MissingSourceTopicException
          || cause instanceof TaskAssignmentException) {
        return true;
      }
    }
    return false;
  }

  /// Takes the members out of the group. If that fails, they are gone after the session timeout,
  /// unless they are back before.
  void giveUp() {
    var group = settings.application().id();
    Map<String, Object> client = new HashMap<>(settings.client("admin."));
    client.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
    client.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) TIMEOUT.toMillis());
    client.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) TIMEOUT.toMillis());
    try (var admin = Admin.create(client)) {
      var described =
          admin.describeConsumerGroups(
              List.of(group),
              new DescribeConsumerGroupsOptions().timeoutMs((int) TIMEOUT.toMillis()));
      var own =
          Objects.requireNonNull(described.describedGroups().get(group)).get().members().stream()
              .map(MemberDescription::groupInstanceId)
              .flatMap(Optional::stream)
              .filter(member -> ownMembers.matcher(member).matches())
              .map(MemberToRemove::new)
              .toList();
      if (!own.isEmpty()) {
        admin
            .removeMembersFromConsumerGroup(group, new RemoveMembersFromConsumerGroupOptions(own))
            .all()
            .get();
      }
    } catch (ExecutionException e) {
      LOG.warn("The group {} still has the members of this instance: {}", group, e.getCause());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
