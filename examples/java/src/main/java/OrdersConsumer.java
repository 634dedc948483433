import java.time.Duration;
import java.util.Collections;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/** Reads what the group orders-consumer has not read of the topic orders yet. Argument: [HOST:PORT]. */
public final class OrdersConsumer {
  private OrdersConsumer() {}

  public static void main(String[] args) {
    Properties props = new Properties();
    props.put("bootstrap.servers", Bootstrap.from(args));
    props.put("group.id", "orders-consumer");
    props.put("auto.offset.reset", "earliest");
    props.put("key.deserializer", "org.apache.kafka.common.serialization.StringDeserializer");
    props.put("value.deserializer", "org.apache.kafka.common.serialization.StringDeserializer");

    try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(props)) {
      consumer.subscribe(Collections.singletonList("orders"));
      ConsumerRecords<String, String> records = consumer.poll(Duration.ofSeconds(5));
      for (ConsumerRecord<String, String> record : records) {
        System.out.println(record.value());
      }
    }
  }
}
