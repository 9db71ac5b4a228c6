package dev.trapline.junit;

import dev.trapline.abi.fault.FaultPlan;
import dev.trapline.explore.Subject;
import java.lang.reflect.Method;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;

/// Gives machines to the tests of a [MachineTest], and does those with [ExploreSeeds] once for each seed.
final class MachineExtension implements ParameterResolver, InvocationInterceptor {

    private static final ExtensionContext.Namespace HERE = ExtensionContext.Namespace.create(MachineExtension.class);

    /// A test's machine, freed with the test.
    private record Held(TestMachine machine, Subject subject) implements AutoCloseable {
        @Override
        public void close() {
            machine.close();
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type.equals(TestMachine.class) || type.equals(FaultPlan.class);
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Held held = held(context);
        return parameter.getParameter().getType().equals(FaultPlan.class)
                ? held.subject().faults()
                : held.machine();
    }

    private static Held held(ExtensionContext context) {
        return context.getStore(HERE).getOrComputeIfAbsent(Held.class, _ -> open(context), Held.class);
    }

    private static Held open(ExtensionContext context) {
        MachineTest test = context.getRequiredTestClass().getAnnotation(MachineTest.class);
        if (test == null) {
            throw new ExtensionConfigurationException(
                    context.getRequiredTestClass().getName() + " has no @MachineTest");
        }
        Subject subject = Subjects.of(test);
        TestMachine machine = new TestMachine(Engines.standard(), subject);
        // A test without seeds has one run, in the order of round robin.
        machine.arm(new SeedRuns(subject, "jitter", false).inOrder());
        return new Held(machine, subject);
    }

    @Override
    public void interceptTestMethod(
            Invocation<Void> invocation, ReflectiveInvocationContext<Method> call, ExtensionContext context)
            throws Throwable {
        Method method = call.getExecutable();
        ExploreSeeds asked = method.getAnnotation(ExploreSeeds.class);
        if (asked == null) {
            invocation.proceed();
            return;
        }
        invocation.skip();
        Held held = held(context);
        new SeedRuns(held.subject(), asked.schedule(), asked.swarm())
                .explore(
                        asked.value(),
                        held.machine(),
                        new SeedRuns.Body(method, context.getRequiredTestInstance(), call.getArguments()));
    }
}
