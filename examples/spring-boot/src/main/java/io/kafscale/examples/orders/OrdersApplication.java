package io.kafscale.examples.orders;

import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.core.KafkaTemplate;

/** Writes one record to the topic orders when it starts, and prints every record of that topic, until it is ended. */
@SpringBootApplication
public class OrdersApplication {
  public static void main(String[] args) {
    SpringApplication.run(OrdersApplication.class, args);
  }

  @Bean
  ApplicationRunner writeAnOrder(KafkaTemplate<String, String> template) {
    return args -> {
      var written = template.send("orders", "key-1", "value-1").get().getRecordMetadata();
      System.out.println("written to " + written);
    };
  }

  @KafkaListener(topics = "orders")
  void read(String order) {
    System.out.println("read " + order);
  }
}
