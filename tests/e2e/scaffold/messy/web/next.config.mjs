const config = {
  transpilePackages: ["@market/ui"],
  eslint: { ignoreDuringBuilds: true },
  async redirects() {
    return [{ source: "/home", destination: "/", permanent: true }];
  },
};

export default config;
