package dev.trapline.remote;

import akka.actor.Address;
import akka.actor.ExtendedActorSystem;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorRefResolver;
import akka.actor.typed.javadsl.Adapter;
import akka.serialization.SerializerWithStringManifest;
import dev.trapline.journal.codec.CodecException;
import dev.trapline.remote.MachineProtocol.Event;

/// Makes [ProtocolCodec] available to Akka, for messages between two actor systems.
public final class ProtocolSerializer extends SerializerWithStringManifest {

    /// The same in all versions.
    public static final int IDENTIFIER = 28_275;

    private static final String MANIFEST = "machine";

    /// Bytes that are not a message, and name no receiver of answers.
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

    /// A message from another system is answered in that system. Otherwise a sender could direct answers to actors
    /// of this system, and disturb them.
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

    /// Never throws: bad bytes from outside are not a failure of this process.
    @Override
    public Object fromBinary(byte[] bytes, String manifest) {
        try {
            return codec.decode(bytes);
        } catch (CodecException | IllegalArgumentException e) {
            return new Unreadable("ignored: " + bytes.length + " bytes that are not a message: " + e.getMessage());
        }
    }
}
