import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A member of a consumer group (see ../README.md), with Apache Kafka's Java client. Leaves when a line comes on stdin. */
public final class GroupMember implements ConsumerRebalanceListener {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final KafkaConsumer<byte[], byte[]> consumer;

  private GroupMember(KafkaConsumer<byte[], byte[]> consumer) {
    this.consumer = consumer;
  }

  public static void main(String[] arguments) throws Exception {
    JsonNode plan = JSON.readTree(arguments[0]);
    Map<String, Object> config = new HashMap<>();
    config.put("bootstrap.servers", plan.get("bootstrap").asText());
    config.put("group.id", plan.get("group").asText());
    config.put("auto.offset.reset", "earliest");
    plan.get("config").properties().forEach(entry -> config.put(entry.getKey(), entry.getValue().asText()));
    var deserializer = new ByteArrayDeserializer();
    try (var consumer = new KafkaConsumer<>(config, deserializer, deserializer)) {
      new GroupMember(consumer).run(plan);
    }
    print(JSON.createObjectNode().put("event", "closed"));
  }

  private void run(JsonNode plan) throws Exception {
    if (plan.hasNonNull("pattern")) {
      consumer.subscribe(Pattern.compile(plan.get("pattern").asText()), this);
    } else if (plan.hasNonNull("re2Pattern")) {
      // Unknown to the 3.x line, with which this is compiled, too.
      Class<?> type = Class.forName("org.apache.kafka.clients.consumer.SubscriptionPattern");
      Object pattern = type.getConstructor(String.class).newInstance(plan.get("re2Pattern").asText());
      Method subscribe = Consumer.class.getMethod("subscribe", type, ConsumerRebalanceListener.class);
      subscribe.invoke(consumer, pattern, this);
    } else {
      List<String> topics = new ArrayList<>();
      plan.get("topics").forEach(topic -> topics.add(topic.asText()));
      consumer.subscribe(topics, this);
    }
    while (System.in.available() == 0) {
      for (var record : consumer.poll(Duration.ofMillis(200))) {
        ObjectNode event = event("record");
        event.put("topic", record.topic()).put("partition", record.partition()).put("offset", record.offset());
        print(event.put("value", new String(record.value(), StandardCharsets.UTF_8)));
      }
    }
  }

  @Override
  public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
    report("assigned", partitions);
  }

  @Override
  public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
    report("revoked", partitions);
  }

  @Override
  public void onPartitionsLost(Collection<TopicPartition> partitions) {
    report("lost", partitions);
  }

  private void report(String name, Collection<TopicPartition> partitions) {
    ObjectNode event = event(name).put("generation", consumer.groupMetadata().generationId());
    var list = event.putArray("partitions");
    partitions.forEach(partition -> list.add(partition.toString()));
    print(event);
  }

  private static ObjectNode event(String name) {
    return JSON.createObjectNode().put("event", name);
  }

  private static void print(ObjectNode event) {
    System.out.println(event);
  }
}
