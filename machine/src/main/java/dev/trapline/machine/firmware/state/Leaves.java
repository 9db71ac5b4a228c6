package dev.trapline.machine.firmware.state;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.firmware.RegisterWrites;
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
            case "boolean", "java.lang.Boolean" -> form(Boolean.class, StateOutput::flag, StateInput::flag);
            case "byte", "java.lang.Byte" -> form(Byte.class, (out, v) -> out.number(v, 1), in -> (byte) in.number(1));
            case "short", "java.lang.Short" ->
                form(Short.class, (out, v) -> out.number(v, 2), in -> (short) in.number(2));
            case "char", "java.lang.Character" ->
                form(Character.class, (out, v) -> out.number(v, 2), in -> (char) in.number(2));
            case "int", "java.lang.Integer" ->
                form(Integer.class, (out, v) -> out.number(v, 4), in -> (int) in.number(4));
            case "long", "java.lang.Long" -> form(Long.class, (out, v) -> out.number(v, 8), in -> in.number(8));
            // The bits, so that every NaN and the sign of zero come back.
            case "float", "java.lang.Float" ->
                form(
                        Float.class,
                        (out, v) -> out.number(Float.floatToRawIntBits(v), 4),
                        in -> Float.intBitsToFloat((int) in.number(4)));
            case "double", "java.lang.Double" ->
                form(
                        Double.class,
                        (out, v) -> out.number(Double.doubleToRawLongBits(v), 8),
                        in -> Double.longBitsToDouble(in.number(8)));
            default -> null;
        };
    }

    private static @Nullable Form value(Class<?> type) {
        if (type == String.class) {
            return form(String.class, StateOutput::text, StateInput::text);
        }
        if (type == UUID.class) {
            return form(
                    UUID.class,
                    (out, v) -> {
                        out.number(v.getMostSignificantBits(), 8);
                        out.number(v.getLeastSignificantBits(), 8);
                    },
                    in -> new UUID(in.number(8), in.number(8)));
        }
        if (type == Bytes.class) {
            return form(Bytes.class, (out, v) -> out.bytes(v.toArray()), in -> Bytes.copyOf(in.bytes()));
        }
        if (type == RegisterWrites.class) {
            return form(RegisterWrites.class, Leaves::writes, Leaves::readWrites);
        }
        if (type == GeneralRegisters.class) {
            return form(GeneralRegisters.class, Leaves::registers, Leaves::readRegisters);
        }
        return null;
    }

    private static void writes(StateOutput out, RegisterWrites value) {
        out.number(value.mask(), 4);
        for (int k = 0; k < value.count(); k++) {
            out.number(value.value(k), 8);
        }
    }

    private static RegisterWrites readWrites(StateInput in) {
        int mask = (int) in.number(4);
        if (mask < 0) {
            throw new StateDamagedException("register writes name a register that does not exist");
        }
        RegisterWrites writes = RegisterWrites.NONE;
        for (int rest = mask; rest != 0; rest &= rest - 1) {
            writes = writes.and(Integer.numberOfTrailingZeros(rest), in.number(8));
        }
        return writes;
    }

    private static void registers(StateOutput out, GeneralRegisters value) {
        for (int n = 0; n < GeneralRegisters.COUNT; n++) {
            out.number(value.get(n), 8);
        }
    }

    private static GeneralRegisters readRegisters(StateInput in) {
        long[] values = new long[GeneralRegisters.COUNT];
        for (int n = 0; n < values.length; n++) {
            values[n] = in.number(8);
        }
        return GeneralRegisters.copyOf(values);
    }

    private static <T> Form form(Class<T> type, BiConsumer<StateOutput, T> writer, Function<StateInput, T> reader) {
        return new Form() {
            @Override
            public void write(StateOutput out, Object value) {
                writer.accept(out, type.cast(value));
            }

            @Override
            public Object read(StateInput in) {
                return reader.apply(in);
            }
        };
    }

    /// An array of primitives.
    private record ArrayForm(Class<?> component, Form element) implements Form {

        @Override
        public void write(StateOutput out, Object value) {
            int length = Array.getLength(value);
            out.count(length);
            for (int k = 0; k < length; k++) {
                element.write(out, Array.get(value, k));
            }
        }

        @Override
        public Object read(StateInput in) {
            Object array = Array.newInstance(component, in.count(1));
            for (int k = 0; k < Array.getLength(array); k++) {
                Array.set(array, k, element.read(in));
            }
            return array;
        }
    }
}
