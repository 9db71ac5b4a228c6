package dev.trapline.remote;

import akka.actor.typed.ActorRef;
import dev.trapline.abi.Bytes;
import dev.trapline.journal.codec.CodecException;
import dev.trapline.journal.codec.MachineValues;
import dev.trapline.journal.codec.PackedReader;
import dev.trapline.journal.codec.PackedWriter;
import dev.trapline.remote.MachineProtocol.Command;
import dev.trapline.remote.MachineProtocol.Event;
import java.util.function.Function;

/// Encodes and decodes messages of [MachineProtocol]. Input bytes are not trusted: see [PackedReader].
///
/// ```text
///  varint version, varint request, text replyTo (empty in an event): these three stay in every version
///  u8 kind, and what MessageCodec writes of it
/// ```
final class ProtocolCodec {

    /// The largest message, in bytes.
    static final int MOST_BYTES = 16 << 20;

    /// The largest number of images of a machine.
    static final int MOST_IMAGES = 8;

    private static final int HEAD = 64;

    private final Function<ActorRef<?>, String> address;
    private final Function<String, ActorRef<Event>> find;

    /// @param address gives the address of an actor, for others
    /// @param find gives the actor at an address; throws [IllegalArgumentException] if it must not be sent messages
    ProtocolCodec(Function<ActorRef<?>, String> address, Function<String, ActorRef<Event>> find) {
        this.address = address;
        this.find = find;
    }

    /// @throws IllegalArgumentException if the message is too large
    byte[] encode(MachineProtocol message) {
        PackedWriter out = new PackedWriter(HEAD);
        switch (message) {
            case Command command -> {
                head(out, command.request(), address.apply(command.replyTo()));
                CommandCodec.write(out, command);
            }
            case Event event -> {
                head(out, event.request(), "");
                EventCodec.write(out, event);
            }
        }
        if (out.length() > MOST_BYTES) {
            throw new IllegalArgumentException("a message has at most " + MOST_BYTES + " bytes, not " + out.length());
        }
        return out.toArray();
    }

    private static void head(PackedWriter out, long request, String replyTo) {
        out.ensure(2 * PackedWriter.MAX_VARINT);
        out.varint(MachineProtocol.VERSION);
        out.varint(request);
        MachineValues.write(out, replyTo);
    }

    /// Decodes a message. A message that is not understood, but names the receiver of answers, becomes a
    /// [MachineProtocol.Malformed].
    ///
    /// @throws CodecException if it does not even name the receiver
    MachineProtocol decode(byte[] bytes) {
        PackedReader in = new PackedReader(bytes, 0, bytes.length);
        long version = in.varint();
        long request = in.varint();
        String replyTo = MachineValues.readText(in);
        if (replyTo.isEmpty()) {
            requireOurs(version);
            return whole(in, EventCodec.read(in, request));
        }
        ActorRef<Event> answered;
        try {
            answered = find.apply(replyTo);
        } catch (IllegalArgumentException e) {
            throw new CodecException("nobody can be answered: " + e.getMessage(), e);
        }
        try {
            requireOurs(version);
            if (bytes.length > MOST_BYTES) {
                throw new CodecException("it has " + bytes.length + " bytes, and may have " + MOST_BYTES);
            }
            return whole(in, CommandCodec.read(in, request, answered));
        } catch (CodecException | IllegalArgumentException e) {
            return new MachineProtocol.Malformed(request, answered, "the message is refused: " + e.getMessage());
        }
    }

    private static void requireOurs(long version) {
        if (version != MachineProtocol.VERSION) {
            throw new CodecException("it is of version " + Long.toUnsignedString(version)
                    + " of the protocol, and this Trapline has version " + MachineProtocol.VERSION
                    + ": use the same Trapline on both sides");
        }
    }

    private static <M> M whole(PackedReader in, M message) {
        if (!in.isAtEnd()) {
            throw new CodecException("it has " + in.remaining() + " bytes after its end");
        }
        return message;
    }

    static void write(PackedWriter out, Bytes bytes) {
        out.bytes(bytes.toArray());
    }
}
