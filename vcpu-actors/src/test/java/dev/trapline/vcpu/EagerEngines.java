package dev.trapline.vcpu;

import dev.trapline.abi.engine.Engine;
import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.abi.engine.EngineLibrary;
import dev.trapline.abi.engine.EngineSpec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/// Real engines that ask to be replaced after a few parts of a slice, long before they are full.
///
/// @param piece the number of instructions before they are asked again
/// @param pieces the number of parts after which they ask to be replaced
record EagerEngines(EngineFactory engines, long piece, int pieces) implements EngineFactory {

    @Override
    public Engine open(EngineSpec spec) {
        Engine engine = engines.open(spec);
        int[] run = {0};
        // All methods except three are the engine's.
        return (Engine) Proxy.newProxyInstance(
                Engine.class.getClassLoader(), new Class<?>[] {Engine.class}, (_, method, arguments) -> {
                    switch (method.getName()) {
                        case "room" -> {
                            return run[0] >= pieces ? Engine.Room.SCARCE : Engine.Room.AMPLE;
                        }
                        case "roomBudget" -> {
                            return piece;
                        }
                        case "run" -> run[0]++;
                        default -> {}
                    }
                    try {
                        return method.invoke(engine, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Override
    public EngineLibrary library() {
        return engines.library();
    }

    @Override
    public MemorySegment allocateMemory(long bytes, Arena arena) {
        return engines.allocateMemory(bytes, arena);
    }
}
