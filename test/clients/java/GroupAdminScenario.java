import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.ConsumerGroupListing;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListConsumerGroupsOptions;
import org.apache.kafka.clients.admin.MemberToRemove;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.ConsumerGroupState;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Calls what Java's admin client has about consumer groups, in one order, and prints an object in JSON: for each call
 * what it was answered, or the name of the exception.
 */
@SuppressWarnings("deprecation")
public final class GroupAdminScenario {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TopicPartition FIRST = new TopicPartition("orders", 0);
  private static final TopicPartition SECOND = new TopicPartition("orders", 1);

  private final ObjectNode results = JSON.createObjectNode();
  private final Map<String, Object> settings;
  private final Admin admin;

  @FunctionalInterface
  private interface Call {
    Object run() throws Exception;
  }

  private GroupAdminScenario(String bootstrap) {
    settings = Map.of("bootstrap.servers", bootstrap);
    admin = Admin.create(settings);
  }

  public static void main(String[] arguments) throws Exception {
    var scenario = new GroupAdminScenario(arguments[0]);
    try (scenario.admin) {
      for (String topic : List.of("orders", "other")) {
        get(scenario.admin.createTopics(List.of(new NewTopic(topic, 2, (short) 1))).all());
      }
      scenario.groupWithoutMembers();
      KafkaConsumer<String, String> member = scenario.join("live", Map.of());
      scenario.join("static", Map.of("group.instance.id", "one"));
      scenario.groupsWithMembers(member);
      scenario.removal();
      scenario.deletion();
    }
    System.out.println(JSON.writeValueAsString(scenario.results));
    // The consumers are left as they are: they were removed.
    Runtime.getRuntime().halt(0);
  }

  private void groupWithoutMembers() {
    call("list nothing", () -> list(new ListConsumerGroupsOptions()));
    call("describe unknown", () -> describe("nobody"));
    call("offsets of unknown", () -> offsets("nobody"));
    call("alter offsets", () -> alter("made", Map.of(FIRST, new OffsetAndMetadata(5, Optional.of(0), "note"),
        SECOND, new OffsetAndMetadata(7), new TopicPartition("other", 1), new OffsetAndMetadata(1))));
    call("alter offsets of an unknown topic", () -> alter("made", Map.of(new TopicPartition("nothing", 0),
        new OffsetAndMetadata(1))));
    call("offsets", () -> offsets("made"));
    var stable = new ListConsumerGroupOffsetsOptions().requireStable(true);
    call("metadata of an offset", () -> get(admin.listConsumerGroupOffsets("made", stable)
        .partitionsToOffsetAndMetadata()).get(FIRST).metadata());
    call("offsets of several groups", () -> get(admin.listConsumerGroupOffsets(Map.of(
        "made", new ListConsumerGroupOffsetsSpec().topicPartitions(List.of(FIRST, new TopicPartition("other", 0))),
        "nobody", new ListConsumerGroupOffsetsSpec())).all()).values().stream()
        .mapToInt(Map::size).sorted().boxed().toList());
    call("describe without members", () -> describe("made"));
    call("is simple", () -> description("made").isSimpleConsumerGroup());
    call("delete offsets", () -> get(admin.deleteConsumerGroupOffsets("made", Set.of(new TopicPartition("other", 1)))
        .all()));
    call("delete offsets of unknown", () -> get(admin.deleteConsumerGroupOffsets("nobody", Set.of(FIRST)).all()));
    call("offsets after", () -> offsets("made"));
  }

  private KafkaConsumer<String, String> join(String group, Map<String, Object> own) throws Exception {
    Map<String, Object> config = new HashMap<>(settings);
    config.putAll(Map.of("group.id", group, "client.id", group + "-client", "auto.offset.reset", "earliest"));
    config.putAll(own);
    var consumer = new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer());
    consumer.subscribe(List.of("orders"));
    for (int tries = 0; consumer.assignment().isEmpty() && tries < 100; tries++) {
      consumer.poll(Duration.ofMillis(100));
    }
    return consumer;
  }

  private void groupsWithMembers(KafkaConsumer<String, String> consumer) {
    consumer.commitSync(Map.of(FIRST, new OffsetAndMetadata(3)));
    call("describe with members", () -> describe("live"));
    call("describe static members", () -> describe("static"));
    call("coordinator", () -> get(admin.describeCluster().nodes()).contains(description("live").coordinator()));
    var withOperations = new DescribeConsumerGroupsOptions().includeAuthorizedOperations(true);
    call("operations", () -> get(admin.describeConsumerGroups(List.of("live"), withOperations).all()).get("live")
        .authorizedOperations().size());
    call("list", () -> list(new ListConsumerGroupsOptions()));
    call("list stable", () -> list(new ListConsumerGroupsOptions().inStates(Set.of(ConsumerGroupState.STABLE))));
    call("list classic", () -> list(new ListConsumerGroupsOptions().withTypes(Set.of(GroupType.CLASSIC))));
    // Since 4.0.
    call("list groups", () -> numberOf(Admin.class.getMethod("listGroups").invoke(admin)));
    call("alter offsets with members", () -> alter("live", Map.of(FIRST, new OffsetAndMetadata(0))));
    call("delete offsets with members", () -> get(admin.deleteConsumerGroupOffsets("live", Set.of(FIRST))
        .partitionResult(FIRST)));
    call("delete with members", () -> get(admin.deleteConsumerGroups(List.of("live")).all()));
    call("offsets with members", () -> offsets("live"));
  }

  private void removal() {
    call("remove an unknown member", () -> remove("two"));
    call("remove a static member", () -> remove("one"));
    call("describe after removal", () -> describe("static"));
    call("remove all members", () -> get(admin.removeMembersFromConsumerGroup("live",
        new RemoveMembersFromConsumerGroupOptions()).all()));
    call("describe after all were removed", () -> describe("live"));
  }

  private void deletion() {
    call("delete", () -> get(admin.deleteConsumerGroups(List.of("made", "live", "static")).all()));
    call("delete again", () -> get(admin.deleteConsumerGroups(List.of("made")).all()));
    call("offsets of deleted", () -> offsets("made"));
    call("list after", () -> list(new ListConsumerGroupsOptions()));
  }

  private void call(String name, Call call) {
    try {
      results.put(name, String.valueOf(call.run()));
    } catch (ExecutionException failure) {
      results.put(name, failure.getCause().getClass().getSimpleName());
    } catch (Exception failure) {
      results.put(name, failure.getClass().getSimpleName());
    }
  }

  private static <T> T get(KafkaFuture<T> future) throws Exception {
    return future.get(20, TimeUnit.SECONDS);
  }

  /** How many things a listing holds whose class older clients haven't. */
  private static int numberOf(Object listing) throws Exception {
    Object all = listing.getClass().getMethod("all").invoke(listing);
    return ((Collection<?>) get((KafkaFuture<?>) all)).size();
  }

  private List<String> list(ListConsumerGroupsOptions options) throws Exception {
    return get(admin.listConsumerGroups(options).all()).stream().map(GroupAdminScenario::toText).sorted().toList();
  }

  private static String toText(ConsumerGroupListing listing) {
    return listing.groupId() + " " + listing.state().map(Object::toString).orElse("?");
  }

  private ConsumerGroupDescription description(String group) throws Exception {
    return get(admin.describeConsumerGroups(List.of(group)).all()).get(group);
  }

  private String describe(String group) throws Exception {
    ConsumerGroupDescription description = description(group);
    var members = description.members().stream().map(member -> String.join(" ", member.clientId(), member.host(),
        member.groupInstanceId().orElse("-"), String.valueOf(member.assignment().topicPartitions().size())));
    return description.state() + " " + description.partitionAssignor() + " " + members.toList();
  }

  private String offsets(String group) throws Exception {
    var offsets = new TreeMap<String, Long>();
    get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata())
        .forEach((partition, committed) -> offsets.put(partition.toString(), committed.offset()));
    return offsets.toString();
  }

  private Void remove(String instanceId) throws Exception {
    var member = new MemberToRemove(instanceId);
    var options = new RemoveMembersFromConsumerGroupOptions(List.of(member));
    return get(admin.removeMembersFromConsumerGroup("static", options).memberResult(member));
  }

  private Void alter(String group, Map<TopicPartition, OffsetAndMetadata> offsets) throws Exception {
    return get(admin.alterConsumerGroupOffsets(group, offsets).all());
  }
}
