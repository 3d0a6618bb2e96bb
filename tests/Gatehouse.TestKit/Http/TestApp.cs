using Microsoft.AspNetCore.Builder;

namespace Gatehouse.TestKit.Http;

public static class TestApp
{
    /// <summary>Servers of tests are many, and watchers of files few: inotify gives a user 128.</summary>
    public static WebApplicationBuilder CreateBuilder() => WebApplication.CreateSlimBuilder(["--hostBuilder:reloadConfigOnChange=false"]);
}
