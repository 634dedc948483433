import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.AlterConfigsOptions;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.CreatePartitionsOptions;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicCollection;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.quota.ClientQuotaFilter;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Calls what Java's admin client has, in one order, and prints an object in JSON: for each call what it was answered, or the
 * name of the exception.
 */
public final class AdminScenario {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int RECORDS = 5;

  private final ObjectNode results = JSON.createObjectNode();
  private final Admin admin;
  private final Map<String, Object> settings;

  @FunctionalInterface
  private interface Call {
    Object run() throws Exception;
  }

  private AdminScenario(String bootstrap) {
    settings = Map.of("bootstrap.servers", bootstrap);
    admin = Admin.create(settings);
  }

  public static void main(String[] arguments) throws Exception {
    var scenario = new AdminScenario(arguments[0]);
    try (scenario.admin) {
      scenario.topics();
      scenario.configs();
      scenario.records();
      scenario.cluster();
      scenario.deletion();
    }
    System.out.println(JSON.writeValueAsString(scenario.results));
  }

  private void topics() throws Exception {
    var orders = new NewTopic("orders", Optional.of(2), Optional.empty()).configs(Map.of("retention.ms", "5000"));
    call("validate topic", () -> get(admin.createTopics(List.of(orders), new CreateTopicsOptions().validateOnly(true)).all()));
    call("list nothing", () -> names());
    call("create topic", () -> {
      var created = admin.createTopics(List.of(orders));
      get(created.all());
      return get(created.numPartitions("orders")) + " " + get(created.replicationFactor("orders")) + " "
          + get(created.config("orders")).get("retention.ms").value();
    });
    call("create topic again", () -> get(admin.createTopics(List.of(orders)).all()));
    call("list", () -> names());
    call("describe topic", () -> {
      var description = get(admin.describeTopics(List.of("orders")).allTopicNames()).get("orders");
      return description.partitions().size() + " " + description.isInternal() + " " + description.authorizedOperations();
    });
    call("describe topic by id", () -> get(admin.describeTopics(TopicCollection.ofTopicIds(List.of(idOf("orders"))))
        .allTopicIds()).values().iterator().next().name());
    call("describe unknown topic", () -> get(admin.describeTopics(List.of("nobody")).allTopicNames()));
    var more = Map.of("orders", NewPartitions.increaseTo(3));
    call("validate partitions", () -> get(admin.createPartitions(more, new CreatePartitionsOptions().validateOnly(true)).all()));
    call("create partitions", () -> get(admin.createPartitions(more).all()));
    call("create partitions again", () -> get(admin.createPartitions(more).all()));
    call("partitions", () -> partitionsOf("orders").size());
  }

  private void configs() throws Exception {
    var topic = new ConfigResource(ConfigResource.Type.TOPIC, "orders");
    var broker = new ConfigResource(ConfigResource.Type.BROKER, brokerId());
    var everything = new DescribeConfigsOptions().includeSynonyms(true).includeDocumentation(true);
    call("describe topic config", () -> {
      ConfigEntry entry = get(admin.describeConfigs(List.of(topic), everything).all()).get(topic).get("retention.ms");
      return entry.value() + " " + entry.source() + " " + entry.type() + " " + entry.synonyms().get(0).source()
          + " " + !entry.documentation().isEmpty();
    });
    call("describe broker config", () -> {
      Config config = get(admin.describeConfigs(List.of(broker), everything).all()).get(broker);
      return config.get("num.partitions").value() + " " + config.get("num.partitions").isReadOnly();
    });
    call("alter configs", () -> alter(topic, op("segment.ms", "60000", OpType.SET), op("retention.ms", "", OpType.DELETE),
        op("cleanup.policy", "compact", OpType.APPEND)));
    call("own configs", () -> ownConfigs(topic));
    call("subtract", () -> alter(topic, op("cleanup.policy", "compact", OpType.SUBTRACT)));
    call("own configs after", () -> ownConfigs(topic));
    call("alter with a bad value", () -> alter(topic, op("segment.ms", "soon", OpType.SET)));
    call("validate configs", () -> get(admin.incrementalAlterConfigs(Map.of(topic, List.of(op("segment.ms", "1", OpType.SET))),
        new AlterConfigsOptions().validateOnly(true)).all()));
    call("own configs unchanged", () -> ownConfigs(topic));
  }

  private void records() throws Exception {
    var partition = new TopicPartition("orders", 0);
    try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
      for (int index = 0; index < RECORDS; index++) {
        producer.send(new ProducerRecord<>("orders", 0, 1000L * (index + 1), "key", "value")).get();
      }
    }
    call("offsets", () -> {
      List<Long> offsets = new ArrayList<>();
      for (OffsetSpec spec : List.of(OffsetSpec.earliest(), OffsetSpec.latest(), OffsetSpec.maxTimestamp(),
          OffsetSpec.forTimestamp(3000), OffsetSpec.forTimestamp(6000))) {
        offsets.add(offset(partition, spec));
      }
      return offsets.toString();
    });
    call("producers", () -> {
      var state = get(admin.describeProducers(List.of(partition)).partitionResult(partition)).activeProducers().get(0);
      return state.producerEpoch() + " " + state.lastSequence() + " " + state.currentTransactionStartOffset();
    });
    call("size before", () -> size(partition) > 0);
    call("delete records", () -> get(admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(2)))
        .lowWatermarks().get(partition)).lowWatermark());
    call("earliest after", () -> offset(partition, OffsetSpec.earliest()));
    call("delete too many records", () -> get(admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(99)))
        .lowWatermarks().get(partition)).lowWatermark());
    call("delete all records", () -> get(admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(-1)))
        .lowWatermarks().get(partition)).lowWatermark());
  }

  private void cluster() throws Exception {
    var partition = new TopicPartition("orders", 0);
    call("cluster", () -> {
      var cluster = admin.describeCluster(new DescribeClusterOptions().includeAuthorizedOperations(true));
      return get(cluster.nodes()).size() + " " + get(cluster.clusterId()).length() + " "
          + (get(cluster.controller()) != null) + " " + !get(cluster.authorizedOperations()).isEmpty();
    });
    call("features", () -> get(admin.describeFeatures().featureMetadata()) != null);
    call("elect leader", () -> get(admin.electLeaders(ElectionType.PREFERRED, Set.of(partition)).partitions())
        .get(partition).get().getClass().getSimpleName());
    call("elect all leaders", () -> get(admin.electLeaders(ElectionType.PREFERRED, null).partitions()).size());
    call("reassignments", () -> get(admin.listPartitionReassignments().reassignments()).size());
    call("reassign", () -> get(admin.alterPartitionReassignments(
        Map.of(partition, Optional.of(new NewPartitionReassignment(List.of(4711))))).all()));
    call("stop a reassignment", () -> get(admin.alterPartitionReassignments(Map.of(partition, Optional.empty())).all()));
    call("acls", () -> get(admin.describeAcls(AclBindingFilter.ANY).values()));
    call("delete acls", () -> get(admin.deleteAcls(List.of(AclBindingFilter.ANY)).all()));
    call("quotas", () -> get(admin.describeClientQuotas(ClientQuotaFilter.all()).entities()).size());
    var entity = new ClientQuotaEntity(Map.of(ClientQuotaEntity.CLIENT_ID, "admin-scenario"));
    var quota = new ClientQuotaAlteration(entity, List.of(new ClientQuotaAlteration.Op("producer_byte_rate", 1e9)));
    call("set a quota", () -> get(admin.alterClientQuotas(List.of(quota)).all()));
  }

  private void deletion() throws Exception {
    Uuid id = idOf("orders");
    call("delete topic by id", () -> get(admin.deleteTopics(TopicCollection.ofTopicIds(List.of(id))).all()));
    call("delete topic again", () -> get(admin.deleteTopics(List.of("orders")).all()));
    call("list after", () -> names());
  }

  private void call(String name, Call call) {
    try {
      results.put(name, String.valueOf(call.run()));
    } catch (ExecutionException failure) {
      results.put(name, failure.getCause().getClass().getSimpleName());
    } catch (Exception failure) {
      results.put(name, failure.toString());
    }
  }

  private static <T> T get(KafkaFuture<T> future) throws Exception {
    return future.get(20, TimeUnit.SECONDS);
  }

  private Collection<String> names() throws Exception {
    return get(admin.listTopics().names()).stream().sorted().toList();
  }

  private List<?> partitionsOf(String topic) throws Exception {
    return get(admin.describeTopics(List.of(topic)).allTopicNames()).get(topic).partitions();
  }

  private Uuid idOf(String topic) throws Exception {
    return get(admin.describeTopics(List.of(topic)).allTopicNames()).get(topic).topicId();
  }

  private String brokerId() throws Exception {
    return get(admin.describeCluster().nodes()).iterator().next().idString();
  }

  private static AlterConfigOp op(String name, String value, OpType type) {
    return new AlterConfigOp(new ConfigEntry(name, value), type);
  }

  private Void alter(ConfigResource resource, AlterConfigOp... ops) throws Exception {
    return get(admin.incrementalAlterConfigs(Map.of(resource, List.of(ops))).all());
  }

  private String ownConfigs(ConfigResource resource) throws Exception {
    return get(admin.describeConfigs(List.of(resource)).all()).get(resource).entries().stream()
        .filter(entry -> entry.source() == ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG)
        .map(entry -> entry.name() + "=" + entry.value()).sorted().toList().toString();
  }

  private long offset(TopicPartition partition, OffsetSpec spec) throws Exception {
    return get(admin.listOffsets(Map.of(partition, spec)).partitionResult(partition)).offset();
  }

  private long size(TopicPartition partition) throws Exception {
    return get(admin.describeLogDirs(List.of(Integer.valueOf(brokerId()))).allDescriptions()).values().stream()
        .flatMap(directories -> directories.values().stream())
        .mapToLong(directory -> directory.replicaInfos().get(partition).size()).sum();
  }
}
