using Gatehouse.Functions.Hosting;

await using var app = GatehouseApp.Build(args);
await app.RunAsync();

// The Functions host never restarts a handler that exited with 0; 200 is its code for "start me again".
return GatehouseApp.RestartExitCode;
