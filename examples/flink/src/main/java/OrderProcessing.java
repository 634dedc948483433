import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.serialization.SimpleStringSchema;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Copies the topic orders to orders-processed, in upper case, until it is ended. Argument: [HOST:PORT]. */
public final class OrderProcessing {
  private static final long CHECKPOINT_INTERVAL_MS = 1000;

  private OrderProcessing() {}

  public static void main(String[] args) throws Exception {
    String bootstrap = bootstrapFrom(args);
    KafkaSource<String> source =
        KafkaSource.<String>builder()
            .setBootstrapServers(bootstrap)
            .setTopics("orders")
            .setGroupId("flink-orders")
            .setStartingOffsets(OffsetsInitializer.earliest())
            .setValueOnlyDeserializer(new SimpleStringSchema())
            .build();

    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    // With each checkpoint the sink writes what it holds, and the source commits its offsets.
    env.enableCheckpointing(CHECKPOINT_INTERVAL_MS);
    DataStream<String> stream =
        env.fromSource(source, WatermarkStrategy.noWatermarks(), "KafScale Source")
            .map(order -> order.toUpperCase())
            .name("Upper case");

    KafkaSink<String> sink =
        KafkaSink.<String>builder()
            .setBootstrapServers(bootstrap)
            .setRecordSerializer(
                KafkaRecordSerializationSchema.builder()
                    .setTopic("orders-processed")
                    .setValueSerializationSchema(new SimpleStringSchema())
                    .build())
            .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
            .build();

    stream.sinkTo(sink);
    env.execute("Order Processing");
  }

  /** The first argument, else the variable KAFSCALE_BOOTSTRAP, else localhost:9092. */
  private static String bootstrapFrom(String[] args) {
    if (args.length > 0) return args[0];
    return System.getenv().getOrDefault("KAFSCALE_BOOTSTRAP", "localhost:9092");
  }
}
