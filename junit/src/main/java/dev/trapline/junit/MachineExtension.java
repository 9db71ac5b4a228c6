package dev.trapline.junit;

import dev.trapline.abi.fault.FaultPlan;
import dev.trapline.explore.ChosenTurns;
import dev.trapline.explore.SeededChoices;
import dev.trapline.explore.Subject;
import dev.trapline.machine.choice.Choices;
import java.lang.reflect.Method;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;

/// Gives machines to the tests of a [MachineTest], and does those with [ExploreSeeds] once for each seed. Others have
/// one run: with the turns of [Interleaving], or in the order of round robin.
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
        Method method = context.getRequiredTestMethod();
        Interleaving turns = method.getAnnotation(Interleaving.class);
        boolean explores = method.isAnnotationPresent(ExploreSeeds.class);
        if (turns != null && explores) {
            throw new ExtensionConfigurationException(
                    method.getName() + " has @Interleaving and @ExploreSeeds: make two tests of it");
        }
        Subject subject = Subjects.of(test);
        TestMachine machine = explores
                ? new TestMachine(Engines.standard(), subject)
                : new TestMachine(Engines.standard(), subject, oneRun(subject, turns));
        return new Held(machine, subject);
    }

    /// The choices of a test without seeds.
    ///
    /// @param turns null for the order of round robin
    private static Choices oneRun(Subject subject, @Nullable Interleaving turns) {
        Choices inOrder = SeededChoices.usual(subject);
        if (turns == null) {
            return inOrder;
        }
        try {
            return ChosenTurns.parse(
                            List.of(turns.value()), subject.spec().cpus().count())
                    .over(inOrder);
        } catch (IllegalArgumentException e) {
            throw new ExtensionConfigurationException("@Interleaving: " + e.getMessage(), e);
        }
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
