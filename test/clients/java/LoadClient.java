import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A load program (see ../README.md) with Apache Kafka's Java client. Ends when a line comes on stdin. */
public final class LoadClient {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final JsonNode plan;
  private final String topic;
  private final Map<String, Object> config = new HashMap<>();

  private LoadClient(JsonNode plan) {
    this.plan = plan;
    topic = plan.get("topic").asText();
    config.put("bootstrap.servers", plan.get("bootstrap").asText());
    plan.get("config").properties().forEach(entry -> config.put(entry.getKey(), entry.getValue().asText()));
  }

  public static void main(String[] arguments) throws Exception {
    var client = new LoadClient(JSON.readTree(arguments[0]));
    if (client.plan.get("role").asText().equals("produce")) client.produce();
    else client.consume();
    print(event("closed"));
  }

  private static boolean stopping() throws Exception {
    return System.in.available() > 0;
  }

  private void produce() throws Exception {
    int partitions = plan.get("partitions").asInt();
    int[] sequences = new int[partitions];
    var serializer = new ByteArraySerializer();
    // Closing waits until everything is acknowledged, or has failed.
    try (var producer = new KafkaProducer<>(config, serializer, serializer)) {
      for (int round = 0; !stopping(); round += 1) {
        int partition = round % partitions;
        int count = 1 + round % 4;
        int first = sequences[partition];
        sequences[partition] += count;
        print(about("sent", partition, first, count));
        for (int sequence = first; sequence < first + count; sequence += 1) send(producer, partition, sequence);
        Thread.sleep(plan.get("intervalMs").asLong());
      }
    }
  }

  private void send(KafkaProducer<byte[], byte[]> producer, int partition, int sequence) {
    String key = plan.get("name").asText() + ":" + partition + ":" + sequence;
    String value = key + " " + "x".repeat(sequence % 200);
    producer.send(new ProducerRecord<>(topic, partition, bytes(key), bytes(value)), (metadata, error) -> {
      if (error == null) print(about("acked", partition, sequence, 1).put("offset", metadata.offset()));
      else print(about("failed", partition, sequence, 1).put("error", error.toString()));
    });
  }

  private void consume() throws Exception {
    config.put("group.id", plan.get("group").asText());
    config.put("auto.offset.reset", "earliest");
    config.put("enable.auto.commit", "false");
    var deserializer = new ByteArrayDeserializer();
    try (var consumer = new KafkaConsumer<>(config, deserializer, deserializer)) {
      consumer.subscribe(List.of(topic), new Changes(consumer));
      while (!stopping()) {
        var offsets = new TreeMap<Integer, Long>();
        for (var record : consumer.poll(Duration.ofMillis(200))) {
          var event = event("records").put("partition", record.partition()).put("offset", record.offset());
          event.putArray("values").add(new String(record.value(), StandardCharsets.UTF_8));
          print(event);
          offsets.put(record.partition(), record.offset() + 1);
        }
        if (!offsets.isEmpty()) commit(consumer, offsets);
      }
    }
  }

  private static void commit(KafkaConsumer<byte[], byte[]> consumer, Map<Integer, Long> offsets) {
    var event = event("commit");
    event.set("offsets", JSON.valueToTree(offsets));
    try {
      consumer.commitSync();
      print(event.put("outcome", "ok"));
    } catch (KafkaException error) {
      // The next owner is shown the records again.
      print(event.put("outcome", "unknown").put("error", error.toString()));
    }
  }

  private record Changes(KafkaConsumer<byte[], byte[]> consumer) implements ConsumerRebalanceListener {
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
      var event = event(name).put("generation", consumer.groupMetadata().generationId());
      var list = event.putArray("partitions");
      partitions.forEach(partition -> list.add(partition.partition()));
      print(event);
    }
  }

  private static ObjectNode about(String name, int partition, int first, int count) {
    return event(name).put("partition", partition).put("first", first).put("count", count);
  }

  private static ObjectNode event(String name) {
    return JSON.createObjectNode().put("event", name);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static synchronized void print(ObjectNode event) {
    System.out.println(event);
  }
}
