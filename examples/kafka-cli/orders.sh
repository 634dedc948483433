#!/bin/sh
# Writes a line as a record, reads it, and shows the topic and its readers, with Apache Kafka's command-line tools.
# Looks for them in the PATH, by either of their names: kafka-topics, kafka-topics.sh.
set -eu
bootstrap=${1:-${KAFSCALE_BOOTSTRAP:-localhost:9092}}

kafka() {
  name=kafka-$1
  shift
  command -v "$name" >/dev/null || name=$name.sh
  "$name" --bootstrap-server "$bootstrap" "$@"
}

echo 'a broker answers:'
kafka broker-api-versions | head -n 1

echo 'produce:'
echo 'hello' | kafka console-producer --topic orders --producer-property enable.idempotence=false
# And with the producer's defaults:
echo 'hello again' | kafka console-producer --topic orders

echo 'consume:'
kafka console-consumer --topic orders --from-beginning --max-messages 2 --group orders-consumer

echo 'topics:'
kafka topics --list
kafka topics --describe --topic orders

echo 'lag:'
kafka consumer-groups --group orders-consumer --describe
