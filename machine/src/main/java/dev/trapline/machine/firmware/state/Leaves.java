package dev.trapline.machine.firmware.state;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.state.StateDamagedException;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import java.lang.reflect.Array;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The forms of types that are not made of others.
final class Leaves {

    private Leaves() {}

    /// The form of a primitive or its box, of an array of primitives, or of a value of the JDK or of Trapline.
    ///
    /// @return null if the type is none of these
    static @Nullable Form of(Class<?> type) {
        if (type.isArray()) {
            Form element = type.getComponentType().isPrimitive() ? simple(type.getComponentType()) : null;
            return element == null ? null : new ArrayForm(type.getComponentType(), element);
        }
        Form simple = simple(type);
        return simple == null ? value(type) : simple;
    }

    private static @Nullable Form simple(Class<?> type) {
        return switch (type.getName()) {
            case "boolean", "java.lang.Boolean" -> form(Boolean.class, StateWriter::put, StateReader::takeFlag);
            case "byte", "java.lang.Byte" -> form(Byte.class, (out, v) -> out.put(v, 1), in -> (byte) in.take(1));
            case "short", "java.lang.Short" -> form(Short.class, (out, v) -> out.put(v, 2), in -> (short) in.take(2));
            case "char", "java.lang.Character" ->
                form(Character.class, (out, v) -> out.put(v, 2), in -> (char) in.take(2));
            case "int", "java.lang.Integer" -> form(Integer.class, (out, v) -> out.put(v, 4), in -> (int) in.take(4));
            case "long", "java.lang.Long" -> form(Long.class, (out, v) -> out.put(v, 8), in -> in.take(8));
            // The bits, so that every NaN and the sign of zero come back.
            case "float", "java.lang.Float" ->
                form(
                        Float.class,
                        (out, v) -> out.put(Float.floatToRawIntBits(v), 4),
                        in -> Float.intBitsToFloat((int) in.take(4)));
            case "double", "java.lang.Double" ->
                form(
                        Double.class,
                        (out, v) -> out.put(Double.doubleToRawLongBits(v), 8),
                        in -> Double.longBitsToDouble(in.take(8)));
            default -> null;
        };
    }

    private static @Nullable Form value(Class<?> type) {
        if (type == String.class) {
            return form(String.class, StateWriter::putText, StateReader::takeText);
        }
        if (type == UUID.class) {
            return form(
                    UUID.class,
                    (out, v) -> {
                        out.put(v.getMostSignificantBits(), 8);
                        out.put(v.getLeastSignificantBits(), 8);
                    },
                    in -> new UUID(in.take(8), in.take(8)));
        }
        if (type == Bytes.class) {
            return form(Bytes.class, (out, v) -> out.putBytes(v.toArray()), in -> Bytes.copyOf(in.takeBytes()));
        }
        if (type == RegisterWrites.class) {
            return form(RegisterWrites.class, Leaves::writes, Leaves::readWrites);
        }
        if (type == GeneralRegisters.class) {
            return form(GeneralRegisters.class, Leaves::registers, Leaves::readRegisters);
        }
        return null;
    }

    private static void writes(StateWriter out, RegisterWrites value) {
        out.put(value.mask(), 4);
        for (int k = 0; k < value.count(); k++) {
            out.put(value.value(k), 8);
        }
    }

    private static RegisterWrites readWrites(StateReader in) {
        int mask = (int) in.take(4);
        if (mask < 0) {
            throw new StateDamagedException("register writes name a register that does not exist");
        }
        RegisterWrites writes = RegisterWrites.NONE;
        for (int rest = mask; rest != 0; rest &= rest - 1) {
            writes = writes.and(Integer.numberOfTrailingZeros(rest), in.take(8));
        }
        return writes;
    }

    private static void registers(StateWriter out, GeneralRegisters value) {
        for (int n = 0; n < GeneralRegisters.COUNT; n++) {
            out.put(value.get(n), 8);
        }
    }

    private static GeneralRegisters readRegisters(StateReader in) {
        long[] values = new long[GeneralRegisters.COUNT];
        for (int n = 0; n < values.length; n++) {
            values[n] = in.take(8);
        }
        return GeneralRegisters.copyOf(values);
    }

    private static <T> Form form(Class<T> type, BiConsumer<StateWriter, T> writer, Function<StateReader, T> reader) {
        return new Form() {
            @Override
            public void write(StateWriter out, Object value) {
                writer.accept(out, type.cast(value));
            }

            @Override
            public Object read(StateReader in) {
                return reader.apply(in);
            }
        };
    }

    /// An array of primitives.
    private record ArrayForm(Class<?> component, Form element) implements Form {

        @Override
        public void write(StateWriter out, Object value) {
            int length = Array.getLength(value);
            out.putCount(length);
            for (int k = 0; k < length; k++) {
                element.write(out, Array.get(value, k));
            }
        }

        @Override
        public Object read(StateReader in) {
            Object array = Array.newInstance(component, in.takeCount(1));
            for (int k = 0; k < Array.getLength(array); k++) {
                Array.set(array, k, element.read(in));
            }
            return array;
        }
    }
}
