export default function Legacy() {
  return <h1>Old pages</h1>;
}

export async function getServerSideProps() {
  return { props: {} };
}
