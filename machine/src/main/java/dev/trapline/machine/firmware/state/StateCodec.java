package dev.trapline.machine.firmware.state;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.abi.state.StateDamagedException;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import java.nio.charset.StandardCharsets;

/// The state of a service as bytes, so that a machine can be written down and taken up by another process. Authors of
/// services need not do anything for it.
///
/// A state is an immutable value, and its types say all there is to know: they are followed from the service's type
/// argument through records' components, once. Only classes that are found in that way are ever made when bytes are
/// read: what the bytes name is looked up among them.
///
/// ```text
///  record         its components in their order
///  reference      u8: 0 null, 1 and the value
///  enum           text: the constant's name
///  sealed         text: the name of the value's class, then the value
///  Optional       as a reference
///  collection     count, then the elements (of a map: key, value), each a reference
///  array          count, then the elements
///  Bytes          count, then the bytes
///  text           count, then units of UTF-16, 2 bytes each
///  number         1, 2, 4 or 8 bytes, little-endian
/// ```
///
/// @param <S> the service's state
public final class StateCodec<S> {

    private final Form form;
    private final String shape;

    private StateCodec(Form form, String shape) {
        this.form = form;
        this.shape = shape;
    }

    /// Examines the types of a service's state. Takes some milliseconds, once for each service.
    ///
    /// @param name the service's name
    /// @throws UnsupportedStateException if a part of it cannot be written, naming service, component and class
    public static <S> StateCodec<S> of(FirmwareService<S> service, String name) {
        Resolved above = TypeArguments.above(service.getClass(), FirmwareService.class);
        if (above == null) {
            throw new UnsupportedStateException(
                    "service '" + name + "': its class " + service.getClass().getName()
                            + " does not fix the type argument of FirmwareService, so the type of its state is "
                            + "unknown");
        }
        TypeWalk walk = new TypeWalk(name);
        Resolved state = above.arguments().get(0);
        Form form = walk.of(state, "");
        return new StateCodec<>(
                form,
                Bytes.copyOf((state + "\n" + walk.shape()).getBytes(StandardCharsets.UTF_8))
                        .sha256());
    }

    /// A hash of everything about the types that decides what bytes mean: names, components, constants. Bytes of
    /// another shape must not be read.
    public String shape() {
        return shape;
    }

    /// Writes a state. Equal states give equal bytes, in every process.
    ///
    /// @throws UnsupportedStateException if a value in it cannot be written, as the types alone do not tell
    public Bytes encode(S state) {
        StateWriter out = new StateWriter();
        try {
            form.write(out, state);
        } catch (StackOverflowError e) {
            throw new UnsupportedStateException(
                    "a state of " + state.getClass().getName() + " is nested too deeply", e);
        }
        return out.toBytes();
    }

    /// Reads a state.
    ///
    /// @return equal to the one that was written, and immutable
    /// @throws StateDamagedException if the bytes are not what [#encode] wrote
    @SuppressWarnings("unchecked")
    public S decode(Bytes bytes) {
        StateReader in = new StateReader(bytes);
        Object state;
        try {
            state = form.read(in);
        } catch (StackOverflowError e) {
            throw new StateDamagedException("a state is nested too deeply", e);
        }
        in.end();
        return (S) state;
    }
}
