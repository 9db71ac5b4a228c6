package dev.trapline.remote;

import akka.actor.Address;
import akka.actor.ExtendedActorSystem;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorRefResolver;
import akka.actor.typed.javadsl.Adapter;
import akka.serialization.SerializerWithStringManifest;
import dev.trapline.journal.codec.CodecException;
import dev.trapline.remote.MachineProtocol.Event;

/// Messages of [MachineProtocol] on their way between two actor systems: [ProtocolCodec] for Akka.
public final class ProtocolSerializer extends SerializerWithStringManifest {

    /// Agreed between all versions.
    public static final int IDENTIFIER = 28_275;

    private static final String MANIFEST = "machine";

    /// Bytes that are no message, and do not say who is to be answered.
    record Unreadable(String reason) {}

    private final ExtendedActorSystem system;
    private final ProtocolCodec codec;

    /// Called by Akka.
    public ProtocolSerializer(ExtendedActorSystem system) {
        this.system = system;
        ActorRefResolver resolver = ActorRefResolver.get(Adapter.toTyped(system));
        this.codec = new ProtocolCodec(
                resolver::toSerializationFormat, text -> requireForeign(resolver.resolveActorRef(text), text));
    }

    /// A message from another system is answered there. Someone who could have an answer sent to an actor of this
    /// system could disturb it.
    private ActorRef<Event> requireForeign(ActorRef<Event> found, String text) {
        Address own = system.provider().getDefaultAddress();
        Address theirs = found.path().address();
        if (own.hasGlobalScope() && (!theirs.hasGlobalScope() || theirs.equals(own))) {
            throw new IllegalArgumentException("'" + text + "' is not an actor of another system");
        }
        return found;
    }

    @Override
    public int identifier() {
        return IDENTIFIER;
    }

    @Override
    public String manifest(Object message) {
        return MANIFEST;
    }

    @Override
    public byte[] toBinary(Object message) {
        if (message instanceof MachineProtocol known) {
            return codec.encode(known);
        }
        throw new IllegalArgumentException("not a message to or from machines: " + message.getClass());
    }

    /// Never throws: what comes from outside is nobody's failure here.
    @Override
    public Object fromBinary(byte[] bytes, String manifest) {
        try {
            return codec.decode(bytes);
        } catch (CodecException | IllegalArgumentException e) {
            return new Unreadable("ignored: " + bytes.length + " bytes that are no message: " + e.getMessage());
        }
    }
}
