using System.Buffers.Text;
using System.Text;

namespace Gatehouse.Benchmarks.Azure.Adapters;

internal static class SampleTokens
{
    private const int SignatureLength = 256;

    /// <summary>As long as a registry's, about a kilobyte, and valid until 2049; nobody here verifies it.</summary>
    public static string Jwt(string kind)
    {
        var claims = $$"""
            {"jti":"9e1f1d0c-5b0f-4a53-93ad-0a5a4c1f6f7e","sub":"1c1f6a3e-52a4-4a08-9d0b-2d1b6f5e7a10","nbf":1772366400,"exp":2524521600,"iat":1772366400,"iss":"Azure Container Registry","aud":"contoso.azurecr.io","version":"1.0","rid":"5f0d6c8e3b7a4f1e9c2d8b6a4f1e9c2d","grant_type":"{{kind}}","appid":"6f2c9b1e-0a54-4d0b-8f5e-2b7d5a1c9e03","access":[{"Type":"repository","Name":"docker.io/library/nginx","Actions":["pull","metadata_read"]}],"roles":[]}
            """;
        return $"{Encode("""{"typ":"JWT","alg":"RS256","kid":"JFQK:TXQ5:WGFQ:HRZJ:5LQJ:XVWM:KBHK:FAYD:4FUP:B6HM:OUA7:LV3P"}""")}.{Encode(claims)}.{Base64Url.EncodeToString(new byte[SignatureLength])}";
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
