package dev.trapline.vcpu;

import akka.dispatch.DispatcherPrerequisites;
import akka.dispatch.ExecutorServiceConfigurator;
import akka.dispatch.ExecutorServiceFactory;
import com.typesafe.config.Config;
import java.util.concurrent.ThreadFactory;

/// Gives a dispatcher a [MachineThread]. Named in the configuration of each machine's dispatcher, and made by Akka.
public final class MachineThreadConfigurator extends ExecutorServiceConfigurator {

    /// @param config of the dispatcher
    /// @param prerequisites what the actor system gives its dispatchers
    public MachineThreadConfigurator(Config config, DispatcherPrerequisites prerequisites) {
        super(config, prerequisites);
    }

    @Override
    public ExecutorServiceFactory createExecutorServiceFactory(String id, ThreadFactory threads) {
        return () -> new MachineThread(threads);
    }
}
