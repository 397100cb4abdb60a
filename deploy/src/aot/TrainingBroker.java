import io.halfsecond.deploy.broker.EmbeddedBroker;
import io.halfsecond.deploy.broker.TopicPlan;
import io.halfsecond.deploy.service.Clusters;
import io.halfsecond.schemas.Topics;
import java.nio.file.Path;
import java.util.Map;

/// A broker with the topics, for the training run of the collector's AOT cache. It prints its
/// address and runs until it is killed.
void main(String[] arguments) throws Exception {
  var broker = EmbeddedBroker.start(Path.of(arguments[0]));
  try (var admin = Clusters.admin(broker.bootstrapServers(), Map.of())) {
    TopicPlan.of(admin, Topics.of(Topics.DEFAULT_PREFIX, 1), 1).apply(admin);
  }
  System.out.println(broker.bootstrapServers());
}
