package dev.trapline.remote;

import akka.actor.ExtendedActorSystem;
import akka.serialization.SerializerWithStringManifest;
import dev.trapline.abi.Bytes;

/// Sends any bytes as a message to a machine, and reads answers as they are.
public final class RawSerializer extends SerializerWithStringManifest {

    private final ProtocolSerializer real;

    public RawSerializer(ExtendedActorSystem system) {
        real = new ProtocolSerializer(system);
    }

    /// Bytes to send.
    record Raw(Bytes bytes) {}

    @Override
    public int identifier() {
        return real.identifier();
    }

    @Override
    public String manifest(Object message) {
        return message instanceof Raw ? "machine" : real.manifest(message);
    }

    @Override
    public byte[] toBinary(Object message) {
        return message instanceof Raw raw ? raw.bytes().toArray() : real.toBinary(message);
    }

    @Override
    public Object fromBinary(byte[] bytes, String manifest) {
        return real.fromBinary(bytes, manifest);
    }
}
