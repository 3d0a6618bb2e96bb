using Microsoft.OpenApi;

namespace Gatehouse.Functions.OpenApi;

/// <summary><c>/openapi/v1.json</c>, made from the endpoints when it is first asked for.</summary>
internal static class OpenApiRegistration
{
    public static void AddApiDocument(this IServiceCollection services) => services.AddOpenApi("v1", options =>
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "Gatehouse",
                Version = "v1",
                Description = "The door through which third-party container images enter an Azure estate.",
            };
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
            document.Components.SecuritySchemes["bearer"] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                BearerFormat = "JWT",
            };
            document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("bearer", document)] = [] }];

            // The address a request came to is the caller's business, not the document's.
            document.Servers = [];
            return Task.CompletedTask;
        }));

    public static void MapApiDocument(this IEndpointRouteBuilder routes) =>
        routes.MapOpenApi("/openapi/{documentName}.json").AllowAnonymous();
}
