using Gatehouse.Functions.Admission;
using Gatehouse.Functions.Api.Estate;
using Gatehouse.Functions.Api.Images;
using Gatehouse.Functions.Api.Intakes;
using Gatehouse.Functions.Api.Ledger;
using Gatehouse.Functions.Api.Policies;
using Gatehouse.Functions.Api.Watches;
using Gatehouse.Functions.Console;
using Gatehouse.Functions.Health;
using Gatehouse.Functions.Hooks;
using Gatehouse.Functions.Metrics;
using Gatehouse.Functions.OpenApi;
using Gatehouse.Functions.Triggers;

namespace Gatehouse.Functions.Api;

/// <summary>Every route there is.</summary>
internal static class RouteTable
{
    public static void MapGatehouse(this IEndpointRouteBuilder routes)
    {
        routes.MapHealth();
        routes.MapTriggers();
        routes.MapIntakes();
        routes.MapDecisions();
        routes.MapEvidence();
        routes.MapImages();
        routes.MapPolicies();
        routes.MapWatches();
        routes.MapEstate();
        routes.MapQueues();
        routes.MapLedger();
        routes.MapHooks();
        routes.MapAdmission();
        routes.MapConsole();
        routes.MapMetrics();
        routes.MapApiDocument();
    }
}
