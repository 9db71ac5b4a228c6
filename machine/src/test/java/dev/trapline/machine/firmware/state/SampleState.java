package dev.trapline.machine.firmware.state;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.abi.firmware.GuestMemory;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceCall;
import dev.trapline.abi.firmware.ServiceContext;
import dev.trapline.abi.firmware.ServiceDescriptor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A state with components of every kind.
record SampleState(
        boolean flag,
        byte octet,
        short half,
        char letter,
        int word,
        long wide,
        float single,
        double twice,
        @Nullable Long boxed,
        @Nullable String text,
        UUID uuid,
        Bytes bytes,
        RegisterWrites writes,
        @Nullable GeneralRegisters registers,
        @Nullable Colour colour,
        List<Optional<VcpuId>> vcpus,
        List<@Nullable Integer> numbers,
        Set<Colour> colours,
        SortedSet<String> names,
        Map<String, List<Shape>> shapes,
        SortedMap<Integer, Tree> trees,
        Pair<Shape, Pair<Integer, String>> pair,
        Either<Long, Colour> either) {

    enum Colour {
        RED,
        GREEN {
            @Override
            boolean isWarm() {
                return false;
            }
        };

        boolean isWarm() {
            return true;
        }
    }

    sealed interface Shape {}

    sealed interface Round extends Shape {}

    record Circle(int radius) implements Round {}

    record Square(long side, @Nullable Shape inside) implements Shape {}

    enum Point implements Shape {
        ORIGIN
    }

    private record Hidden(int value) {}

    /// A recursive record.
    record Tree(@Nullable Tree left, int value, List<Tree> others) {}

    /// @param hidden a private class
    record Pair<A, B>(A first, B second, Hidden hidden) {
        Pair(A first, B second) {
            this(first, second, new Hidden(7));
        }
    }

    sealed interface Either<L, R> {}

    record Left<L, R>(L value) implements Either<L, R> {}

    /// Its type variables have other names and another order.
    record Right<Q, P>(Q value) implements Either<P, Q> {}

    /// A service with a given type of state. It is never called.
    abstract static class Service<S> implements FirmwareService<S> {

        @Override
        public ServiceDescriptor descriptor() {
            return new ServiceDescriptor("sample", "1", List.of(), List.of(), List.of());
        }

        @Override
        public S start(ServiceContext context) {
            throw new IllegalStateException("never started");
        }

        @Override
        public Reply<S> apply(S state, ServiceCall call, GuestMemory memory) {
            throw new IllegalStateException("never called");
        }
    }

    /// Two classes are between it and the interface's type argument.
    static final class OfSample extends Service<SampleState> {}
}
